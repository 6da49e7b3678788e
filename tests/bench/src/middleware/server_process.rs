//! This program once more, as the server, and the processor time that it spends.

use std::fs;
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

    /// What its threads have spent on processors so far, as Linux counts it (`/proc/PID/task/TID/schedstat`).
    pub fn processor_time(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("the server runs");
        let spent = |thread: fs::DirEntry| -> Option<u64> {
            fs::read_to_string(thread.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
        };
        Duration::from_nanos(threads.flatten().filter_map(spent).sum())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
