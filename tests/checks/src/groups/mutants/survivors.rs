//! The committed list of mutants that no test notices, each with its reason.

use std::collections::BTreeMap;

/// Mutants by file and what they change, and how many of them there may be: lines move, words do not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Survivors(BTreeMap<String, usize>);

impl Survivors {
    /// Lines `FILE: WHAT`, one for each mutant, then the reason in lines that are indented; `#` begins a comment.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        let mut without_reason: Option<&str> = None;
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if line.starts_with(' ') {
                without_reason = None;
                continue;
            }
            if !line.split_once(": ").is_some_and(|(file, _)| file.ends_with(".rs")) {
                return Err(format!("survivors.txt: not a mutant: {line}"));
            }
            // Several mutants may share a reason, if nothing but it stands between them and another one.
            without_reason = Some(line);
            *known.entry(line.to_owned()).or_default() += 1;
        }
        match without_reason {
            Some(line) => Err(format!("survivors.txt: no reason for: {line}")),
            None => Ok(Self(known)),
        }
    }

    /// Compares with the survivors of the files that were tried, both ways.
    pub(super) fn compare(mut self, missed: &[String], tried: &[&str]) -> Result<String, Vec<String>> {
        self.0.retain(|mutant, _| tried.contains(&file(mutant)));
        let listed: usize = self.0.values().sum();
        let mut bad = Vec::new();
        for mutant in missed {
            match self.0.get_mut(&without_place(mutant)) {
                Some(left) if *left > 0 => *left -= 1,
                _ => bad.push(format!("{mutant}: no test notices it")),
            }
        }
        for (mutant, left) in self.0.iter().filter(|(_, left)| **left > 0) {
            bad.push(format!("{mutant}: is listed {left} times more than it survives"));
        }
        if bad.is_empty() { Ok(format!("{listed} listed, each with its reason")) } else { Err(bad) }
    }
}

fn file(mutant: &str) -> &str {
    mutant.split_once(": ").map_or(mutant, |(file, _)| file)
}

/// `core/src/framing.rs:33:9: replace …` without line and column.
fn without_place(mutant: &str) -> String {
    let (place, what) = mutant.split_once(": ").unwrap_or((mutant, ""));
    format!("{}: {what}", place.split(':').next().unwrap_or(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# Survivors.\n\na.rs: replace < with <= in f\n    Both are the same: it is never equal.\n\
        b.rs: delete ! in g\nb.rs: delete ! in g\n    Only faster.\n    Really.\n";

    fn compare(missed: &[&str], tried: &[&str]) -> Result<String, Vec<String>> {
        let missed: Vec<String> = missed.iter().map(|line| (*line).to_owned()).collect();
        Survivors::read(LIST).expect("a list").compare(&missed, tried)
    }

    #[test]
    fn what_is_listed_may_survive_and_has_to() {
        let all = ["a.rs:3:7: replace < with <= in f", "b.rs:1:1: delete ! in g", "b.rs:9:1: delete ! in g"];
        assert_eq!(compare(&all, &["a.rs", "b.rs"]), Ok("3 listed, each with its reason".to_owned()));
        assert_eq!(compare(&all[..1], &["a.rs"]), Ok("1 listed, each with its reason".to_owned()));
        let caught = compare(&all[..2], &["a.rs", "b.rs"]).expect_err("one is caught now");
        assert_eq!(caught, ["b.rs: delete ! in g: is listed 1 times more than it survives"]);
    }

    #[test]
    fn a_new_survivor_is_named_with_its_line() {
        let found = compare(&["a.rs:3:7: replace < with <= in f", "a.rs:8:7: replace < with <= in f"], &["a.rs"]);
        assert_eq!(found, Err(vec!["a.rs:8:7: replace < with <= in f: no test notices it".to_owned()]));
        assert!(compare(&["c.rs:8:7: x"], &["c.rs"]).is_err());
    }

    #[test]
    fn every_line_needs_a_reason() {
        assert!(Survivors::read("a.rs: x\n").is_err());
        assert!(Survivors::read("a.rs: x\n\n# why\n").is_err());
        assert!(Survivors::read("once upon a time\n").is_err());
        assert!(Survivors::read("").is_ok());
    }

    #[test]
    fn the_committed_list_is_one() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = std::fs::read_to_string(root.join(super::super::SURVIVORS)).expect("the list");
        for mutant in Survivors::read(&text).expect("with reasons").0.keys() {
            assert!(root.join(file(mutant)).is_file(), "{mutant}");
        }
    }
}
