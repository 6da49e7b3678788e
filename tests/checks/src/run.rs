//! One group from its header to its counts.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use crate::arguments::Wishes;
use crate::console::{Colour, Console};
use crate::groups::{Check, Group};
use crate::needs::Missing;
use crate::step::{Step, Success};
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Runs one group: its header, its needs, its checks. `strict` makes a missing need a failure.
pub(crate) fn group(
    group: &'static Group,
    workspace: &Workspace,
    console: Console,
    wishes: &Wishes,
    strict: bool,
) -> Tally {
    console.header(group.name, group.proves);
    let log = workspace.keep(&format!("{}.log", group.name));
    if let Err(error) = fresh(&log) {
        console.remark(&format!("cannot write {}: {error}", log.display()));
        return Tally::FAILED;
    }
    let mut run = Run { workspace, console, name: group.name, wishes, strict, log, tally: Tally::default() };
    if run.ready(group) {
        match group.check {
            Check::Commands(lines) => lines.iter().for_each(|line| {
                run.command_line(line);
            }),
            Check::Own(check) | Check::Chosen(check) | Check::Campaign(check) => check(&mut run),
        }
    }
    run.tally
}

/// What a group's checks work with.
pub(crate) struct Run<'w> {
    pub(crate) workspace: &'w Workspace,
    pub(crate) console: Console,
    pub(crate) wishes: &'w Wishes,
    name: &'static str,
    strict: bool,
    log: PathBuf,
    tally: Tally,
}

impl Run<'_> {
    /// A command as one would type it: `[NAME=value]... cargo WORDS...`, words without blanks.
    pub(crate) fn command_line(&mut self, line: &str) -> bool {
        self.command_line_with(line, &[])
    }

    /// The same, with more variables than its printed line shows.
    pub(crate) fn command_line_with(&mut self, line: &str, variables: &[(&str, String)]) -> bool {
        let (good, _) = self.command_line_with_output(line, variables);
        good
    }

    /// The same for tests that say what they counted, in lines with `counted: `; it is shown.
    pub(crate) fn command_line_with_counts(&mut self, line: &str, variables: &[(&str, String)]) {
        let (_, output) = self.command_line_with_output(line, variables);
        for counts in output.lines().filter_map(|line| line.split_once("counted: ")).map(|(_, counts)| counts) {
            self.console.remark(counts);
        }
    }

    /// The same, and hands out what it printed.
    pub(crate) fn command_line_with_output(&mut self, line: &str, variables: &[(&str, String)]) -> (bool, String) {
        let mut words = line.split_whitespace().peekable();
        let mut command = self.workspace.cargo();
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            command.env(name, value);
            words.next();
        }
        let program = words.next();
        debug_assert_eq!(program, Some("cargo"), "{line}");
        let tests = words.peek() == Some(&"test");
        command.args(words).envs(variables.iter().map(|(name, value)| (name, value)));
        self.step_with_output(Step::new(line, command).success(if tests { Success::Tests } else { Success::Status }))
    }

    /// Runs a step and counts it. True when nothing in it failed.
    pub(crate) fn step(&mut self, step: Step) -> bool {
        let (good, _) = self.step_with_output(step);
        good
    }

    /// Runs a step, counts it, and hands out what it printed.
    pub(crate) fn step_with_output(&mut self, step: Step) -> (bool, String) {
        self.console.start(step.name());
        let outcome = step.run(&self.log);
        self.tally += outcome.tally;
        let good = outcome.tally.failed == 0;
        if good {
            self.console.outcome(Colour::Green, "ok", &outcome.note, Some(outcome.took));
        } else {
            self.console.outcome(Colour::Red, "FAILED", &outcome.note, Some(outcome.took));
            self.console.details(&outcome.output);
        }
        (good, outcome.output)
    }

    /// A check of our own: `Ok` is a few words for the summary, `Err` what was found, line by line.
    pub(crate) fn finding(&mut self, name: &str, found: Result<String, Vec<String>>) -> bool {
        self.console.start(name);
        match found {
            Ok(summary) => {
                self.tally += Tally::PASSED;
                self.console.outcome(Colour::Green, "ok", &summary, None);
                true
            }
            Err(lines) => {
                self.tally += Tally::FAILED;
                self.console.outcome(Colour::Red, "FAILED", "", None);
                self.console.details(&lines.join("\n"));
                false
            }
        }
    }

    /// Runs a step that brings something. It is not a check: only its failure counts.
    pub(crate) fn bring(&mut self, step: Step) -> bool {
        self.console.start(&format!("setup: {}", step.name()));
        let outcome = step.run(&self.log);
        if outcome.tally.failed == 0 {
            self.console.outcome(Colour::Green, "done", "", Some(outcome.took));
            return true;
        }
        self.console.outcome(Colour::Yellow, "did not work", &outcome.note, Some(outcome.took));
        self.console.details(&outcome.output);
        false
    }

    /// Gives up on the group, or on a part of it, because something is not there.
    pub(crate) fn skip(&mut self, missing: &Missing) {
        let (sentence, fails) = match missing {
            Missing::Part(part) if self.wishes.setup => (format!("{part}; it could not be brought"), true),
            Missing::Part(part) => (format!("{part}; bring it with: cargo checks --setup {}", self.name), self.strict),
            Missing::Beyond(what) => (what.clone(), self.strict),
            Missing::Machine(what) => (what.clone(), false),
        };
        if fails {
            self.tally += Tally::FAILED;
            self.console.start(self.name);
            self.console.outcome(Colour::Red, "FAILED", &sentence, None);
        } else {
            self.tally += Tally::SKIPPED;
            self.console.start(self.name);
            self.console.outcome(Colour::Yellow, "skipped", &sentence, None);
        }
    }

    /// Runs a command whose output the reader came for.
    pub(crate) fn shown(&mut self, step_name: &str, mut command: std::process::Command) -> bool {
        self.console.remark(step_name);
        let started = Instant::now();
        let status = command.stdin(Stdio::null()).status();
        let (good, note) = match status {
            Ok(status) => (status.success(), status.to_string()),
            Err(error) => (false, error.to_string()),
        };
        self.console.start(self.name);
        let took = Some(started.elapsed());
        if good {
            self.tally += Tally::PASSED;
            self.console.outcome(Colour::Green, "ok", "", took);
        } else {
            self.tally += Tally::FAILED;
            self.console.outcome(Colour::Red, "FAILED", &note, took);
        }
        good
    }

    /// True when every need of the group is there, after bringing it where that was asked for.
    fn ready(&mut self, group: &Group) -> bool {
        for need in group.needs {
            let fixed = matches!(need.there(self.workspace), Err(missing) if !matches!(missing, Missing::Part(_)));
            if self.wishes.setup && !fixed && !need.settled(self.workspace) {
                need.bring(self);
            }
            let Err(missing) = need.there(self.workspace) else {
                continue;
            };
            self.skip(&missing);
            return false;
        }
        true
    }
}

fn fresh(log: &std::path::Path) -> std::io::Result<()> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(log, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needs::Need;

    const UNREADY: Group = Group {
        name: "unready",
        proves: "nothing",
        by_default: false,
        needs: &[Need::Program { name: "no-such-program-here", package: "none" }],
        check: Check::Own(|_| panic!("ran without its needs")),
    };
    const ELSEWHERE: Group = Group { needs: &[Need::Machine("pdp11")], ..UNREADY };
    const TWO_CHECKS: Group = Group {
        needs: &[],
        check: Check::Own(|run| {
            run.finding("one", Ok(String::new()));
            run.finding("two", Err(vec!["reason".to_owned()]));
        }),
        ..UNREADY
    };

    fn counted(which: &'static Group, strict: bool) -> Tally {
        let root = std::env::temp_dir().join(format!("checks-run-{}-{strict}", std::process::id()));
        let tally = group(which, &Workspace::for_test(&root), Console::detect(), &Wishes::default(), strict);
        let _ = std::fs::remove_dir_all(root);
        tally
    }

    #[test]
    fn a_missing_part_skips_the_group_and_fails_it_under_ci() {
        static GROUP: Group = UNREADY;
        assert_eq!(counted(&GROUP, false), Tally::SKIPPED);
        assert_eq!(counted(&GROUP, true), Tally::FAILED);
    }

    #[test]
    fn another_processor_is_an_excuse_everywhere() {
        static GROUP: Group = ELSEWHERE;
        assert_eq!(counted(&GROUP, true), Tally::SKIPPED);
    }

    #[test]
    fn every_finding_counts() {
        static GROUP: Group = TWO_CHECKS;
        assert_eq!(counted(&GROUP, true), Tally { passed: 1, failed: 1, skipped: 0 });
    }
}
