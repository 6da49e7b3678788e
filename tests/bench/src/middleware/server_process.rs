//! This program once more, as the server, and the processor time that it spends.

use glowband_bench::processes;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Dropping it ends the server.
pub struct ServerProcess {
    child: Child,
    pub address: SocketAddr,
}

impl ServerProcess {
    pub fn start() -> Self {
        let own = std::env::current_exe().expect("this program has a path");
        let mut child =
            Command::new(own).arg("serve").stdout(Stdio::piped()).spawn().expect("this program starts again");
        let mut line = String::new();
        let output = child.stdout.take().expect("it was piped");
        BufReader::new(output).read_line(&mut line).expect("the address is text");
        Self { child, address: line.trim().parse().expect("the server says its address") }
    }

    /// What its threads have spent on processors so far.
    pub fn processor_time(&self) -> Duration {
        processes::processor_time(self.child.id())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
