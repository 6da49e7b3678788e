//! A server as a process of its own: started, waited for, told, ended.

use crate::program::{Folder, command};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; dropping it ends it.
pub(super) struct Server {
    child: Child,
    /// Its first line.
    pub(super) line: String,
    output: BufReader<std::process::ChildStdout>,
    log: String,
}

/// The command `serve` in this folder.
pub(super) fn serve(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = command();
    command.current_dir(folder.path("")).arg("serve").args(arguments);
    command
}

impl Server {
    /// Starts one on a free port, with these flags besides.
    pub(super) fn start(folder: &Folder, arguments: &[&str]) -> Self {
        Self::spawn(folder, serve(folder, &["--listen", "127.0.0.1:0"]).args(arguments))
    }

    /// Starts this command, and waits for its first line.
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

    /// The address in a line that ends with it.
    #[track_caller]
    pub(super) fn address(&self) -> SocketAddr {
        address_in(&self.line)
    }

    /// The number of its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its next line of output.
    pub(super) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// What it has logged so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until its log says this, and gives the line.
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

    /// Waits for its end, and gives the exit code.
    #[track_caller]
    pub(super) fn wait(&mut self) -> Option<i32> {
        let child = &mut self.child;
        within(Duration::from_secs(30), "its end", || child.try_wait().unwrap()).code()
    }

    /// Tells it to end, and waits until it has.
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

/// Asks again until there is an answer.
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
