//! Runs a server as a process: starts it, waits for it, sends signals and stops it.

use crate::program::{Folder, command};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server, which is killed when dropped.
pub(super) struct Server {
    child: Child,
    /// The first line of output.
    pub(super) line: String,
    output: BufReader<std::process::ChildStdout>,
    log: String,
}

/// Returns the command `serve`, run in this folder.
pub(super) fn serve(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = command();
    command.current_dir(folder.path("")).arg("serve").args(arguments);
    command
}

impl Server {
    /// Starts a server on a free port with these additional flags.
    pub(super) fn start(folder: &Folder, arguments: &[&str]) -> Self {
        Self::spawn(folder, serve(folder, &["--listen", "127.0.0.1:0"]).args(arguments))
    }

    /// Starts this command and waits for its first line of output.
    #[track_caller]
    pub(super) fn spawn(folder: &Folder, command: &mut Command) -> Self {
        let log = folder.path(&format!("log-{}", folder.names().len()));
        let errors = File::create(&log).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        if line.is_empty() {
            panic!("it ended with {:?}: {}", child.wait(), fs::read_to_string(&log).unwrap());
        }
        Self { child, line: line.trim_end().to_owned(), output, log }
    }

    /// Returns the address at the end of a line.
    #[track_caller]
    pub(super) fn address(&self) -> SocketAddr {
        address_in(&self.line)
    }

    /// Returns the process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the next line of output.
    pub(super) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Returns what the server has logged so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the log contains this text, and returns the line.
    #[track_caller]
    pub(super) fn logs(&self, words: &str) -> String {
        within(Duration::from_secs(30), words, || {
            self.log().lines().find(|line| line.contains(words)).map(str::to_owned)
        })
    }

    /// Sends a signal by its name.
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until the process has ended, and returns the exit code.
    #[track_caller]
    pub(super) fn wait(&mut self) -> Option<i32> {
        let child = &mut self.child;
        within(Duration::from_secs(30), "its end", || child.try_wait().unwrap()).code()
    }

    /// Sends SIGTERM and waits until the process has ended.
    #[track_caller]
    pub(super) fn end(mut self) -> String {
        self.signal("TERM");
        assert_eq!(self.wait(), Some(0), "{}", self.log());
        self.log()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
pub(super) fn address_in(line: &str) -> SocketAddr {
    let address = line.split_once("://").and_then(|(_, address)| address.parse().ok());
    address.unwrap_or_else(|| panic!("no address in {line:?}"))
}

/// Repeats a check until it succeeds.
#[track_caller]
pub(super) fn within<T>(limit: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
