//! A server under load, as a process of its own.

use glowband_bench::processes;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

/// Dropping it ends the server.
pub struct Server {
    child: Child,
    /// The peer ends when it is closed.
    _input: ChildStdin,
    pub address: SocketAddr,
    /// The line with the address, as it came.
    pub greeting: String,
}

impl Server {
    /// Starts it, and waits for the line in which it says its address.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it was piped")).lines();
        let greeting = loop {
            let line = lines.next().unwrap_or_else(|| panic!("{command:?} ended before it served")).expect("text");
            if line.contains(" serves on http://") {
                break line;
            }
        };
        let address = address(&greeting).unwrap_or_else(|| panic!("no address in {greeting:?}"));
        // What it says from here on is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let input = child.stdin.take().expect("it was piped");
        Self { child, _input: input, address, greeting }
    }

    /// What it and the processes that it started have spent on processors so far.
    pub fn processor_time(&self) -> Duration {
        self.processes().map(processes::processor_time).sum()
    }

    /// What it holds in memory, and how much of that is its own, in bytes.
    pub fn memory(&self) -> (u64, u64) {
        let each = || self.processes();
        (each().map(processes::resident_memory).sum(), each().map(processes::own_memory).sum())
    }

    fn processes(&self) -> impl Iterator<Item = u32> {
        std::iter::once(self.child.id()).chain(processes::children(self.child.id()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(greeting: &str) -> Option<SocketAddr> {
    greeting.split_once("http://")?.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read() {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 8080));
        assert_eq!(address("glowband serves on http://127.0.0.1:8080"), Some(loopback));
        assert_eq!(address("better-auth serves on http://127.0.0.1:8080 (Node 20)"), Some(loopback));
        assert_eq!(address("nothing"), None);
    }
}
