//! One command: started, logged, timed, checked.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::processor::InstructionSet;
use crate::tally::Tally;

/// How the success of a command is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Success {
    /// Status 0 is one passed check.
    Status,
    /// `cargo test`: its own counts; no test at all is a failure.
    Tests,
    /// Only this status is right: the command must notice something.
    Exactly(i32),
    /// Any of these is right: the command says by it what it found.
    OneOf(&'static [i32]),
}

pub(crate) struct Step {
    name: String,
    command: Command,
    success: Success,
    limit: Option<Duration>,
}

pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    /// A few words for the one-line summary.
    pub(crate) note: String,
    /// What the command printed.
    pub(crate) output: String,
    pub(crate) took: Duration,
}

impl Step {
    pub(crate) fn new(name: impl Into<String>, command: Command) -> Self {
        Self { name: name.into(), command, success: Success::Status, limit: None }
    }

    pub(crate) fn success(mut self, success: Success) -> Self {
        self.success = success;
        self
    }

    /// Ends the command, as a failure, when it takes longer.
    pub(crate) fn within(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs the command, its output going to the end of the log.
    pub(crate) fn run(mut self, log: &Path) -> Outcome {
        let started = Instant::now();
        match self.logged(log) {
            Ok((status, output)) => {
                let (tally, note) = decided(self.success, status, &output);
                Outcome { tally, note, output, took: started.elapsed() }
            }
            Err(reason) => {
                Outcome { tally: Tally::FAILED, note: reason, output: String::new(), took: started.elapsed() }
            }
        }
    }

    fn logged(&mut self, log: &Path) -> Result<(Option<ExitStatus>, String), String> {
        let trouble = |error: std::io::Error| format!("cannot write {}: {error}", log.display());
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(log).map_err(trouble)?;
        writeln!(file, "\n$ {}", self.name).map_err(trouble)?;
        let from = file.seek(SeekFrom::End(0)).map_err(trouble)?;
        let status = self.ended(&file)?;
        let mut output = Vec::new();
        file.seek(SeekFrom::Start(from)).map_err(trouble)?;
        file.read_to_end(&mut output).map_err(trouble)?;
        Ok((status, String::from_utf8_lossy(&output).into_owned()))
    }

    /// The status of the command, or `None` when its time ran out.
    fn ended(&mut self, log: &File) -> Result<Option<ExitStatus>, String> {
        let program = self.command.get_program().to_string_lossy().into_owned();
        let mut child = self
            .command
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|error| error.to_string())?)
            .stderr(log.try_clone().map_err(|error| error.to_string())?)
            .spawn()
            .map_err(|error| format!("cannot start {program}: {error}"))?;
        let Some(limit) = self.limit else {
            return child.wait().map(Some).map_err(|error| error.to_string());
        };
        let started = Instant::now();
        loop {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                return Ok(Some(status));
            }
            if started.elapsed() > limit {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn decided(success: Success, status: Option<ExitStatus>, output: &str) -> (Tally, String) {
    let Some(status) = status else {
        return (Tally::FAILED, "took too long and was ended".to_owned());
    };
    match success {
        Success::Status if status.success() => (Tally::PASSED, String::new()),
        Success::Status => (Tally::FAILED, status.to_string()),
        Success::Exactly(wanted) if status.code() == Some(wanted) => (Tally::PASSED, String::new()),
        Success::Exactly(wanted) => (Tally::FAILED, format!("{status}, while only exit status {wanted} is right")),
        Success::OneOf(right) if status.code().is_some_and(|code| right.contains(&code)) => {
            (Tally::PASSED, String::new())
        }
        Success::OneOf(_) => (Tally::FAILED, status.to_string()),
        Success::Tests => {
            let mut tally = Tally::of_cargo_test(output);
            let lacking = match Lacking::of_cargo_test(output) {
                Ok(lacking) => lacking,
                Err(reason) => return (Tally::FAILED, reason),
            };
            // The test harness counts a test that found nothing to do as passed.
            let not_tried = lacking.not_tried.min(tally.passed);
            tally.passed -= not_tried;
            tally.skipped += not_tried;
            let mut note = format!("{tally}{lacking}");
            if !status.success() && tally.failed == 0 {
                // It did not compile, or a test binary died.
                tally.failed = 1;
                note = status.to_string();
            } else if tally.passed + tally.failed + not_tried == 0 {
                tally.failed = 1;
                note = "ran no test".to_owned();
            }
            (tally, note)
        }
    }
}

/// What tests said about the processor, in lines `not tried: TEST (this processor lacks SET)` and
/// `tried in part: TEST (this processor lacks SET)`.
#[derive(Debug, Default)]
struct Lacking {
    not_tried: u64,
    in_part: u64,
    sets: BTreeSet<&'static str>,
}

impl Lacking {
    /// Refuses excuses that name no instruction set, or one that is there.
    fn of_cargo_test(output: &str) -> Result<Self, String> {
        Self::said(output, InstructionSet::there)
    }

    fn said(output: &str, there: impl Fn(&InstructionSet) -> bool) -> Result<Self, String> {
        let mut all = Self::default();
        for line in output.lines() {
            let count = if line.contains("not tried: ") {
                &mut all.not_tried
            } else if line.contains("tried in part: ") {
                &mut all.in_part
            } else {
                continue;
            };
            *count += 1;
            let set = line.split_once("(this processor lacks ").and_then(|(_, rest)| rest.split(')').next());
            match set.and_then(InstructionSet::named) {
                Some(set) if !there(set) => all.sets.insert(set.name),
                Some(set) => return Err(format!("a test was left out though the processor has {}: {line}", set.name)),
                None => return Err(format!("a test was left out for no known reason: {line}")),
            };
        }
        Ok(all)
    }
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sets.is_empty() {
            return Ok(());
        }
        let sets: Vec<&str> = self.sets.iter().copied().collect();
        write!(f, "; this processor lacks {}", sets.join(" and "))?;
        if self.in_part > 0 {
            write!(f, ": {} with the portable code alone", self.in_part)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("checks-{}-{name}.log", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_is_that_of_this_command_only_and_the_log_keeps_all() {
        let log = log("output");
        Step::new("first", shell("echo one")).run(&log);
        let second = Step::new("second", shell("echo two; echo three >&2")).run(&log);
        assert_eq!(second.output, "two\nthree\n");
        let kept = std::fs::read_to_string(&log).expect("a log");
        assert!(kept.contains("$ first\none\n") && kept.contains("$ second\ntwo\n"), "{kept}");
    }

    #[test]
    fn a_status_other_than_the_wanted_one_fails() {
        let log = log("status");
        let run = |script, success| Step::new("x", shell(script)).success(success).run(&log).tally;
        assert_eq!(run("exit 0", Success::Status), Tally::PASSED);
        assert_eq!(run("exit 3", Success::Status), Tally::FAILED);
        assert_eq!(run("exit 3", Success::Exactly(3)), Tally::PASSED);
        assert_eq!(run("exit 0", Success::Exactly(3)), Tally::FAILED);
        assert_eq!(run("exit 2", Success::OneOf(&[0, 2])), Tally::PASSED);
        assert_eq!(run("exit 1", Success::OneOf(&[0, 2])), Tally::FAILED);
    }

    #[test]
    fn tests_that_never_ran_are_a_failure() {
        let log = log("tests");
        let run = |script| Step::new("x", shell(script)).success(Success::Tests).run(&log);
        let none = run("echo 'test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured'");
        assert_eq!((none.tally, none.note.as_str()), (Tally::FAILED, "ran no test"));
        assert_eq!(run("echo 'error: no such target'; exit 101").tally, Tally::FAILED);
        assert_eq!(
            run("echo 'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured'").tally,
            Tally { passed: 2, failed: 0, skipped: 1 }
        );
        assert_eq!(
            run("echo 'test result: FAILED. 2 passed; 3 failed; 0 ignored'; exit 101").tally,
            Tally { passed: 2, failed: 3, skipped: 0 }
        );
    }

    #[test]
    fn a_test_that_the_processor_cannot_run_is_named_and_not_counted_as_passed() {
        let output = "running 3 tests\nnot tried: a::b (this processor lacks AVX-512 IFMA)\n\
                      tried in part: a::c (this processor lacks SHA-NI)\n";
        let lacking = Lacking::said(output, |_| false).expect("excuses");
        assert_eq!((lacking.not_tried, lacking.in_part), (1, 1));
        assert_eq!(
            lacking.to_string(),
            "; this processor lacks AVX-512 IFMA and SHA-NI: 1 with the portable code alone"
        );
        assert_eq!(Lacking::said("test result: ok.", |_| false).expect("none").to_string(), "");
        assert!(Lacking::said(output, |_| true).expect_err("it is there").contains("has AVX-512 IFMA"));
        assert!(Lacking::said("not tried: a::b (no time)", |_| false).is_err());
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let step = Step::new("x", shell("exec sleep 60")).within(Duration::from_millis(100));
        let outcome = step.run(&log("hangs"));
        assert_eq!(outcome.tally, Tally::FAILED);
        assert!(outcome.took < Duration::from_secs(20));
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let outcome = Step::new("x", Command::new("no-such-program-here")).run(&log("missing"));
        assert!(outcome.note.contains("no-such-program-here"), "{}", outcome.note);
    }
}
