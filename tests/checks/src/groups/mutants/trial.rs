//! One source file of the core with its mutants, and whether it has been tried as it is.

use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use crate::needs::{answer, cargo_tool};
use crate::run::Run;
use crate::step::{Step, Success};

/// All mutants caught; some missed; some so slow that their time ran out. Anything else is trouble.
const TRIED: &[i32] = &[0, 2, 3];

/// What the verdict on a mutant depends on: when any of it changes, a file is tried again.
const DEPENDS_ON: &[&str] =
    &["Cargo.lock", "core", "tests/core-alone", "tests/mutants", "tests/p256-narrow", "tests/src", "tests/vectors"];

/// A mutant is compiled in seconds this way.
const QUICKLY_COMPILED: &[(&str, &str)] =
    &[("CARGO_PROFILE_DEV_INCREMENTAL", "true"), ("CARGO_PROFILE_DEV_DEBUG", "0")];

/// Tests that run against each mutant, and the arguments that select them.
struct Suite {
    name: &'static str,
    words: &'static [&'static str],
    /// Tests that are left out, by parts of their names; they follow the words.
    without: &'static [&'static [&'static str]],
}

/// First those that take seconds; then, of what these missed, more.
const OF_PARSERS: &[Suite] = &[
    Suite {
        name: "the core's own tests",
        words: &["--no-default-features", "--features=hs256,es256,serde", "--cargo-arg=--lib"],
        without: &[],
    },
    Suite {
        name: "vectors and laws",
        words: &["--all-features", "--", "--package=glowband-core-alone", "--test=core-alone", "--"],
        without: &[&["single_byte_changes_of_an_es256", "under_es256"]],
    },
];

/// The tests of SHA-256 and HMAC.
const OF_HASH: &[Suite] = &[Suite { name: "its own tests", words: &["--cargo-arg=--lib"], without: &[] }];

/// The same for the arithmetic of P-256, of which most tests compute for long.
const OF_ARITHMETIC: &[Suite] = &[
    Suite { name: "its quickest tests", words: ARITHMETIC, without: &[SLOW, SLOWEST] },
    Suite { name: "its quick tests", words: ARITHMETIC, without: &[SLOWEST] },
    Suite { name: "all its tests", words: ARITHMETIC, without: &[] },
];
/// Both widths of limbs.
const ARITHMETIC: &[&str] =
    &["--all-features", "--cargo-arg=--lib", "--", "--package=glowband-p256", "--package=glowband-p256-narrow", "--"];
const SLOW: &[&str] = &["every_entry_is", "sums_and_doubles", "words_at_their"];
const SLOWEST: &[&str] = &["wycheproof", "sums_of_equal", "every_shape_says", "any_other_entry", "tables_of_different"];

pub(super) struct Trial {
    /// From the root: `core/src/framing.rs`.
    pub(super) file: String,
    /// Where cargo-mutants leaves what came of it, and what it was tried with.
    folder: PathBuf,
    state: String,
}

/// The files that are asked for; all of the core, if none is.
pub(super) fn wished(run: &Run<'_>) -> Result<Vec<Trial>, String> {
    let files = listed(run, &["core/src/*.rs", "core/p256/src/*.rs", "core/sha256/src/*.rs"])?;
    let state = state(run)?;
    let trial = |file: &String| Trial {
        folder: run.workspace.keep("mutants").join(file.replace('/', "-")),
        file: file.clone(),
        state: state.clone(),
    };
    let wishes = &run.wishes.targets;
    match wishes.iter().find(|wish| !files.contains(wish)) {
        Some(unknown) => Err(format!("there is no source file `{unknown}`; they are {}", files.join(", "))),
        None => Ok(files.iter().filter(|file| wishes.is_empty() || wishes.contains(file)).map(trial).collect()),
    }
}

impl Trial {
    /// What came of its mutants: from a run with the same sources and tests if there was one, or else found out in the copy
    /// of the tree, which takes long. `None` after trouble, which has been told.
    pub(super) fn outcomes(&self, run: &mut Run<'_>, copy: &Path) -> Option<Outcomes> {
        let done = self.folder.join("done");
        let known = fs::read_to_string(&done).ok().and_then(|text| text.strip_prefix(&self.state).map(Outcomes::parse));
        if let Some(known) = known {
            return Some(known);
        }
        let _ = fs::remove_dir_all(&self.folder);
        let mut outcomes: Option<Outcomes> = None;
        for suite in self.suites() {
            if outcomes.as_ref().is_some_and(|outcomes| outcomes.missed.is_empty()) {
                break;
            }
            if !run.step(self.step(run, copy, suite, outcomes.is_some())) {
                return None;
            }
            let came = Outcomes::read(&self.results());
            outcomes = Some(match outcomes {
                Some(before) => before.then(&came),
                None => came,
            });
            self.pass_over_timeouts();
        }
        let outcomes = outcomes?;
        if let Err(error) = fs::write(&done, format!("{}\n{}", self.state, outcomes.written())) {
            run.console.remark(&format!("cannot write {}: {error}", done.display()));
        }
        Some(outcomes)
    }

    fn suites(&self) -> &'static [Suite] {
        match self.package() {
            "glowband-p256" => OF_ARITHMETIC,
            "glowband-sha256" => OF_HASH,
            _ => OF_PARSERS,
        }
    }

    fn is_arithmetic(&self) -> bool {
        self.file.starts_with("core/p256/")
    }

    /// The package whose mutants these are.
    fn package(&self) -> &'static str {
        match self.file.split('/').nth(1) {
            Some("p256") => "glowband-p256",
            Some("sha256") => "glowband-sha256",
            _ => "glowband-core",
        }
    }

    /// Where cargo-mutants leaves what came of its last run.
    fn results(&self) -> PathBuf {
        self.folder.join("mutants.out")
    }

    /// A mutant whose tests did not end was noticed: later suites need not wait for it once more.
    fn pass_over_timeouts(&self) {
        let [caught, timeouts] = ["caught.txt", "timeout.txt"].map(|name| self.results().join(name));
        let read = |file: &Path| fs::read_to_string(file).unwrap_or_default();
        // What cannot be written is only slower.
        let _ = fs::write(&caught, read(&caught) + &read(&timeouts));
    }

    fn step(&self, run: &Run<'_>, copy: &Path, suite: &Suite, only_what_is_left: bool) -> Step {
        let _ = fs::create_dir_all(&self.folder);
        let mut command = run.workspace.program(cargo_tool::program(run.workspace, super::TOOL));
        command.args(["mutants", "--in-place", "--package", self.package(), "--file", &self.file, "--dir"]).arg(copy);
        // A mutant whose tests take that many times as long hangs.
        command.args(["--timeout-multiplier=5", "--minimum-test-timeout=20"]);
        command.arg("--output").arg(&self.folder).args(only_what_is_left.then_some("--iterate")).args(suite.words);
        command.args(suite.without.iter().copied().flatten().map(|test| format!("--skip={test}")));
        // What is built stays in the copy; laws are tried on the same inputs every time.
        command.env("CARGO_TARGET_DIR", copy.join("target")).env("PROPTEST_RNG_SEED", "1");
        // Arithmetic takes longer to compute than to compile.
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", if self.is_arithmetic() { "1" } else { "0" });
        command.envs(QUICKLY_COMPILED.iter().copied());
        let left = if only_what_is_left { "what is left of the mutants" } else { "mutants" };
        Step::new(format!("{left} of {}, by {}", self.file, suite.name), command).success(Success::OneOf(TRIED))
    }
}

/// Files that git knows, by its patterns.
fn listed(run: &Run<'_>, what: &[&str]) -> Result<Vec<String>, String> {
    let listing = answer(run.workspace.program("git").args(["ls-files"]).args(what));
    let files: Vec<String> = listing.ok_or("git does not list the files")?.lines().map(str::to_owned).collect();
    if files.is_empty() { Err(format!("git knows no {}", what.join(", "))) } else { Ok(files) }
}

fn state(run: &Run<'_>) -> Result<String, String> {
    let mut state = DefaultHasher::new();
    super::VERSION.hash(&mut state);
    for file in listed(run, DEPENDS_ON)? {
        fs::read(run.workspace.root.join(&file)).unwrap_or_default().hash(&mut state);
        file.hash(&mut state);
    }
    Ok(format!("{:016x}", state.finish()))
}

/// How many mutants the tests noticed, and which they did not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcomes {
    caught: usize,
    /// Noticed as well: the tests did not end.
    timeouts: usize,
    /// Mutants that do not compile, which say nothing.
    unviable: usize,
    /// `core/src/framing.rs:33:9: replace …`, as cargo-mutants names them.
    pub(super) missed: Vec<String>,
}

impl Outcomes {
    /// Cargo-mutants writes a line for each mutant into one of four files.
    fn read(folder: &Path) -> Self {
        let lines = |name: &str| -> Vec<String> {
            let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
            text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        Self {
            caught: lines("caught.txt").len(),
            timeouts: lines("timeout.txt").len(),
            unviable: lines("unviable.txt").len(),
            missed: lines("missed.txt"),
        }
    }

    /// A line of counts, then what was missed, a line each.
    fn written(&self) -> String {
        let Self { caught, timeouts, unviable, missed } = self;
        format!("{caught} {timeouts} {unviable}\n{}", missed.join("\n"))
    }

    /// What [`written`](Self::written) made.
    fn parse(text: &str) -> Self {
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let mut counts = lines.next().unwrap_or_default().split(' ').map(|count| count.parse().unwrap_or(0));
        let mut count = || counts.next().unwrap_or(0);
        Self { caught: count(), timeouts: count(), unviable: count(), missed: lines.map(str::to_owned).collect() }
    }

    /// After more tests have looked at what was missed.
    fn then(mut self, second: &Self) -> Self {
        let before = self.missed.len();
        self.missed.retain(|mutant| second.missed.contains(mutant));
        self.caught += before - self.missed.len();
        self
    }

    /// Of those that compile, how many were noticed.
    pub(super) fn score(&self) -> String {
        let noticed = self.caught + self.timeouts;
        match noticed + self.missed.len() {
            0 => "none: there was no mutant".to_owned(),
            all => format!("{:.1} %", noticed as f64 * 100.0 / all as f64),
        }
    }
}

impl AddAssign for Outcomes {
    fn add_assign(&mut self, other: Self) {
        self.caught += other.caught;
        self.timeouts += other.timeouts;
        self.unviable += other.unviable;
        self.missed.extend(other.missed);
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { caught, timeouts, unviable, missed } = self;
        let missed = missed.len();
        write!(out, "{caught} caught, {timeouts} timeouts, {missed} missed, {unviable} unviable")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_tests_only_catch_more() {
        let missed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let first = Outcomes { caught: 5, timeouts: 1, unviable: 2, missed: missed(&["a", "b", "c"]) };
        let second = Outcomes { caught: 2, timeouts: 0, unviable: 0, missed: missed(&["b"]) };
        let both = first.then(&second);
        assert_eq!(both, Outcomes { caught: 7, timeouts: 1, unviable: 2, missed: missed(&["b"]) });
        assert_eq!(Outcomes::parse(&both.written()), both);
        assert_eq!(Outcomes::parse(&Outcomes::default().written()), Outcomes::default());
    }

    #[test]
    fn outcomes_are_read_summed_and_scored() {
        let folder = std::env::temp_dir().join(format!("checks-mutants-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("caught.txt"), "a.rs:1:2: x\na.rs:2:2: y\n").expect("a file");
        fs::write(folder.join("missed.txt"), "a.rs:3:2: z\n").expect("a file");
        fs::write(folder.join("timeout.txt"), "a.rs:4:2: u\n").expect("a file");
        fs::write(folder.join("unviable.txt"), "").expect("a file");
        let mut sum = Outcomes::read(&folder);
        assert_eq!(sum.to_string(), "2 caught, 1 timeouts, 1 missed, 0 unviable");
        assert_eq!(sum.score(), "75.0 %");
        sum += Outcomes { unviable: 5, missed: vec!["b".to_owned()], ..Outcomes::default() };
        assert_eq!((sum.score().as_str(), sum.missed), ("60.0 %", vec!["a.rs:3:2: z".to_owned(), "b".to_owned()]));
        fs::remove_dir_all(folder).expect("gone");
        assert_eq!(Outcomes::default().score(), "none: there was no mutant");
    }
}
