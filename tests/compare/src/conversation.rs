//! Questions to a peer's process, and its answers. A process that ends or hangs is an answer too.

use crate::cases::Compared;
use crate::peers::{Clock, Peer};
use glowband_compare::answer::{Answer, Greeting, cannot_ask};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// For one answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answers to all cases, in their order, and the version that gave them.
///
/// # Errors
/// If the peer cannot be run at all.
pub fn with(peer: &Peer, cases: &[&Compared]) -> Result<(String, Vec<Answer>), String> {
    let mut version = None;
    let mut running: Option<Process> = None;
    let mut answers = Vec::new();
    for case in cases {
        if let Some(words) = case.ours_alone() {
            answers.push(cannot_ask(words));
            continue;
        }
        let now = case.question.now.unwrap_or_default();
        if running.as_ref().is_none_or(|process| peer.clock == Clock::Process && process.now != now) {
            drop(running.take());
            running = Process::start(peer, now)?;
        }
        let Some(process) = &mut running else {
            answers.push(cannot_ask("a time that no process's clock can be set to"));
            continue;
        };
        version.get_or_insert_with(|| process.version.clone());
        let answer = process.ask(case);
        if answer.is_err() {
            running = None;
        }
        answers.push(answer.unwrap_or_else(Answer::Failed));
    }
    Ok((version.ok_or_else(|| format!("{} was asked nothing", peer.name))?, answers))
}

struct Process {
    now: u64,
    version: String,
    child: Child,
    questions: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Process {
    fn start(peer: &Peer, now: u64) -> Result<Option<Self>, String> {
        let Some(mut command) = peer.command(now) else { return Ok(None) };
        let failed = |error: &dyn std::fmt::Display| format!("{} cannot be run: {error}", peer.name);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| failed(&error))?;
        let questions = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let (send, answers) = mpsc::channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
        let mut process = Self { now, version: String::new(), child, questions, answers };
        let greeting = process.line().map_err(|error| failed(&error))?;
        let greeting: Greeting = serde_json::from_str(&greeting).map_err(|error| failed(&error))?;
        if greeting.library != peer.name {
            return Err(failed(&format!("it says that it is {}", greeting.library)));
        }
        process.version = greeting.version;
        Ok(Some(process))
    }

    /// `Err` says how the process failed.
    fn ask(&mut self, case: &Compared) -> Result<Answer, String> {
        let question = serde_json::to_string(&case.question).map_err(|error| error.to_string())?;
        let questions = self.questions.as_mut().expect("open until the end");
        writeln!(questions, "{question}").map_err(|_| "the process ended".to_owned())?;
        serde_json::from_str(&self.line()?).map_err(|error| format!("no answer: {error}"))
    }

    fn line(&self) -> Result<String, String> {
        self.answers.recv_timeout(PATIENCE).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("no answer within {} s", PATIENCE.as_secs()),
            RecvTimeoutError::Disconnected => "the process ended".to_owned(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its input ends it, unless it hangs.
        drop(self.questions.take());
        if self.answers.recv_timeout(Duration::from_secs(5)) == Err(RecvTimeoutError::Timeout) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
