//! What the crates make public, beside the committed listings.

use crate::needs::Missing;
use crate::run::Run;
use crate::step::{Step, Success};

const MANIFEST: &str = "tests/public-api/Cargo.toml";

pub(crate) fn check(run: &mut Run<'_>) {
    // Its dependencies are of its own: it is not a member of the workspace that everything else builds.
    let target = run.workspace.target("");
    let cargo = |words: &[&str]| {
        let mut command = run.workspace.cargo();
        command.args(words).args(["--locked", "--manifest-path", MANIFEST]).env("CARGO_TARGET_DIR", &target);
        command
    };
    let (tests, compare) = (cargo(&["test"]), cargo(&["build"]));
    if !run.step(Step::new(format!("cargo test --manifest-path {MANIFEST}"), tests).success(Success::Tests))
        || !run.step(Step::new(format!("cargo build --manifest-path {MANIFEST}"), compare))
    {
        return;
    }
    let mut program = run.workspace.program(target.join("debug/glowband-public-api"));
    program.arg("--check").env("CARGO_TARGET_DIR", &target);
    let outcome = Step::new("glowband-public-api --check", program).run(&run.workspace.keep("api-listings.log"));
    if outcome.tally.failed == 0 {
        run.finding("every public item is in tests/public-api/listings", Ok(counts(&outcome.output)));
    } else if let Some(unread) = unread(&outcome.output) {
        run.skip(&Missing::Beyond(unread.to_owned()));
    } else {
        run.finding("every public item is in tests/public-api/listings", Err(told(&outcome.output)));
    }
}

/// `counted: CRATE: N public items`, of each crate.
fn counts(output: &str) -> String {
    let counts = output.lines().filter_map(|line| line.strip_prefix("counted: ")?.strip_suffix(" public items"));
    counts.collect::<Vec<_>>().join(", ")
}

/// What it said if the compiler in use writes a format that it does not read.
fn unread(output: &str) -> Option<&str> {
    output
        .lines()
        .find_map(|line| line.strip_prefix("public-api: ").filter(|line| line.contains("rustdoc JSON of format")))
}

fn told(output: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        output.lines().filter(|line| !line.starts_with("counted: ") && !line.is_empty()).map(str::to_owned).collect();
    lines.push(format!("If that is meant: cargo run --manifest-path {MANIFEST}, and a line in CHANGELOG.md."));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says_is_told_apart() {
        let differs = "counted: a: 3 public items\na: - pub fn a::f()\ncounted: b: 5 public items\n";
        assert_eq!(counts(differs), "a: 3, b: 5");
        assert_eq!(unread(differs), None);
        assert_eq!(told(differs)[0], "a: - pub fn a::f()");
        assert!(told(differs)[1].contains("cargo run --manifest-path tests/public-api/Cargo.toml"));
        let newer = "public-api: the compiler in use writes rustdoc JSON of format 77, and so on\n";
        assert_eq!(unread(newer), Some("the compiler in use writes rustdoc JSON of format 77, and so on"));
    }
}
