//! What the command line asks for.

use std::fmt::Write as _;

use crate::groups::{self, Group};

#[derive(Debug)]
pub(crate) enum Request {
    Help,
    List,
    Run { groups: Vec<&'static Group>, wishes: Wishes },
}

/// What is asked for besides the groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// Missing parts are to be brought.
    pub(crate) setup: bool,
    /// How long a fuzzing campaign lasts.
    pub(crate) minutes: Option<u32>,
    /// The fuzz targets or source files that it is for; all, if none is named.
    pub(crate) targets: Vec<String>,
}

/// Reads the words after `cargo checks`. A refusal says what would have been allowed.
pub(crate) fn parse(words: &[String]) -> Result<Request, String> {
    let mut wishes = Wishes::default();
    let mut chosen: Vec<&'static Group> = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(Request::Help),
            "--list" => return Ok(Request::List),
            "--setup" => wishes.setup = true,
            "--minutes" => {
                let minutes = words.next().and_then(|word| word.parse().ok()).filter(|minutes| *minutes > 0);
                wishes.minutes =
                    Some(minutes.ok_or("cargo checks: --minutes wants a whole number, such as `fuzz --minutes 5`")?);
            }
            flag if flag.starts_with('-') => {
                return Err(format!(
                    "cargo checks: there is no flag `{flag}`; the flags are --setup, --minutes N, --list and --help"
                ));
            }
            name => match groups::ALL.iter().find(|group| group.name == name) {
                Some(group) if chosen.iter().any(|before| before.name == group.name) => {}
                Some(group) => chosen.push(group),
                // The words behind such a group choose; the group knows what there is.
                None if chosen.last().is_some_and(|group| group.takes_words()) => wishes.targets.push(name.to_owned()),
                None => {
                    return Err(format!(
                        "cargo checks: there is no group `{name}`; the groups are {}",
                        names().join(", ")
                    ));
                }
            },
        }
    }
    if chosen.is_empty() {
        chosen = groups::ALL.iter().filter(|group| group.by_default).collect();
    }
    if wishes.minutes.is_some() && !chosen.iter().any(|group| group.takes_minutes()) {
        return Err("cargo checks: --minutes goes with the groups `fuzz` and `fuzz-afl`".to_owned());
    }
    Ok(Request::Run { groups: chosen, wishes })
}

/// The text of `--help`.
pub(crate) fn help() -> String {
    format!(
        "Runs the checks of this repository.

Usage: cargo checks [--setup] [GROUP]...
       cargo checks fuzz [--minutes N] [TARGET]...
       cargo checks mutants [FILE]...

  cargo checks                    every group but those marked `on request`
  cargo checks layout bare        only these
  cargo checks --setup bare       first brings what the group needs, then runs it
  cargo checks --list             one line per group

The last line is `N passed, N failed, N skipped`. The exit status is 0 when nothing failed.
A group whose needs are missing is skipped and says how to bring them; with CI=true in the
environment that is a failure, unless what is missing is an instruction set of the processor. The
summary says which instruction sets were tried; GLOWBAND_TEST_WITHOUT=sha,avx512ifma takes the
processor for one without them. The full output of each group is in target/checks/GROUP.log.

Groups:
{}",
        list()
    )
}

/// The text of `--list`.
pub(crate) fn list() -> String {
    let width = names().iter().map(|name| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for group in groups::ALL {
        let note = if group.by_default { "" } else { " (on request)" };
        let _ = writeln!(text, "  {:width$}  {}{note}", group.name, group.proves);
    }
    text
}

fn names() -> Vec<&'static str> {
    groups::ALL.iter().map(|group| group.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &[&str]) -> (bool, Vec<&'static str>) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        match parse(&words) {
            Ok(Request::Run { groups, wishes }) => (wishes.setup, groups.iter().map(|group| group.name).collect()),
            other => panic!("not a run: {other:?}"),
        }
    }

    fn refused(word: &str) -> String {
        match parse(&[word.to_owned()]) {
            Err(text) => text,
            Ok(request) => panic!("{word} was taken as {request:?}"),
        }
    }

    #[test]
    fn no_words_mean_all_groups_but_those_on_request() {
        let (setup, groups) = chosen(&[]);
        assert!(!setup);
        assert!(groups.contains(&"layout"));
        assert!(!groups.contains(&"bench"));
    }

    #[test]
    fn groups_run_once_and_in_the_order_named() {
        assert_eq!(chosen(&["layout", "bench", "--setup", "layout"]), (true, vec!["layout", "bench"]));
    }

    #[test]
    fn a_wrong_word_is_refused_with_the_right_ones() {
        assert!(refused("layuot").contains("format, layout, prose, package"));
        assert!(refused("--verbose").contains("--setup, --minutes N, --list and --help"));
    }

    #[test]
    fn a_campaign_has_its_minutes_and_targets() {
        let parsed = |line: &str| parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let Ok(Request::Run { groups, wishes }) = parsed("fuzz --minutes 3 json header") else { panic!("refused") };
        assert_eq!(groups.iter().map(|group| group.name).collect::<Vec<_>>(), ["fuzz"]);
        assert_eq!(
            (wishes.minutes, wishes.targets.as_slice()),
            (Some(3), ["json".to_owned(), "header".to_owned()].as_slice())
        );
        for wrong in [
            "fuzz --minutes",
            "fuzz --minutes 0",
            "fuzz --minutes x",
            "layout --minutes 3",
            "mutants --minutes 3",
            "json fuzz",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_group_has_its_own_name_and_a_line_of_help() {
        let mut sorted = names();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), groups::ALL.len());
        assert_eq!(list().lines().count(), groups::ALL.len());
    }
}
