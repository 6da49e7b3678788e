//! What other people's code comes in with each lock file: cargo-deny, by the rules of `deny.toml`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::needs::{Missing, Need, answer, cargo_tool};
use crate::run::Run;
use crate::step::{Outcome, Step};
use crate::workspace::Workspace;

const TOOL: &str = "cargo-deny";
pub(crate) const NEED: Need = Need::CargoTool { name: TOOL, version: "0.20.2" };

/// The product, whose tree has each crate once or says why not.
const PRODUCT: &str = "Cargo.toml";

/// Workspaces beside it: their peers bring what they bring.
const BESIDE: &[&str] = &[
    "fuzz/Cargo.toml",
    "firmware-example/Cargo.toml",
    "tests/bench/Cargo.toml",
    "tests/compare/Cargo.toml",
    "tests/no-std-probe/Cargo.toml",
    "tests/public-api/Cargo.toml",
];

/// What one list for several lock files cannot avoid: a line that one of them does not need.
const NOT_NEEDED_HERE: &[&str] = &["unmatched-skip", "unnecessary-skip", "license-exception-not-encountered"];

pub(crate) fn check(run: &mut Run<'_>) {
    let manifests = || std::iter::once(PRODUCT).chain(BESIDE.iter().copied());
    for manifest in manifests() {
        let mut command = deny(run.workspace, manifest);
        command.args(["check", "--hide-inclusion-graph"]);
        command.args(NOT_NEEDED_HERE.iter().flat_map(|what| ["--allow", what]));
        if manifest != PRODUCT {
            command.args(["--allow", "duplicate"]);
        }
        command.args(["bans", "licenses", "sources"]);
        run.step(Step::new(format!("{manifest}: licences, sources, versions"), command));
    }
    let fetched = fetch(run);
    let offline = match &fetched {
        Ok(()) => false,
        Err(why) => match copy_of_advisories() {
            Some(copy) => {
                run.console.remark(&format!("advisories: {why}; of the copy {}", age(run.workspace, &copy)));
                true
            }
            None => {
                run.skip(&Missing::Beyond(format!(
                    "advisories were not looked at: {why}, and there is no copy; with a network: cargo checks supply-chain"
                )));
                return;
            }
        },
    };
    for manifest in manifests() {
        let mut command = deny(run.workspace, manifest);
        if offline {
            command.arg("--offline");
        }
        command.args(["check", "--hide-inclusion-graph", "advisories"]);
        run.step(Step::new(format!("{manifest}: advisories"), command));
    }
}

fn deny(workspace: &Workspace, manifest: &str) -> Command {
    let mut command = workspace.program(cargo_tool::program(workspace, TOOL));
    command.args(["--locked", "--workspace", "--all-features", "--config", "deny.toml", "--manifest-path", manifest]);
    command
}

/// Brings the database of advisories up to date; or else why not, in a line.
fn fetch(run: &Run<'_>) -> Result<(), String> {
    let mut command = deny(run.workspace, PRODUCT);
    command.args(["fetch", "db"]);
    let log = run.workspace.keep("advisories.log");
    let outcome = Step::new("cargo deny fetch db", command).within(Duration::from_secs(120)).run(&log);
    if outcome.tally.failed == 0 { Ok(()) } else { Err(reason(&outcome)) }
}

/// The last line that git said, which names the cause.
fn reason(outcome: &Outcome) -> String {
    let said = outcome.output.lines().rev().find_map(|line| line.trim().strip_prefix("fatal: "));
    format!("the database cannot be fetched ({})", said.unwrap_or(&outcome.note))
}

/// A clone of the database from an earlier fetch, where cargo-deny keeps it.
fn copy_of_advisories() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let entries = std::fs::read_dir(home.join("advisory-dbs")).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| path.join(".git").is_dir())
}

fn age(workspace: &Workspace, copy: &Path) -> String {
    let last = answer(workspace.program("git").arg("-C").arg(copy).args(["log", "-1", "--format=%cs, %cr"]));
    last.map_or_else(|| "the age is unknown".to_owned(), |last| format!("the last advisory is of {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Tally;

    #[test]
    fn why_there_is_no_database_is_one_line() {
        let outcome = |output: &str| Outcome {
            tally: Tally::FAILED,
            note: "exit status: 1".to_owned(),
            output: output.to_owned(),
            took: Duration::ZERO,
        };
        let said =
            "[ERROR] failed to clone:\nCloning into 'x'...\nfatal: unable to access 'https://example.org/': no route\n";
        assert_eq!(
            reason(&outcome(said)),
            "the database cannot be fetched (unable to access 'https://example.org/': no route)"
        );
        assert_eq!(reason(&outcome("")), "the database cannot be fetched (exit status: 1)");
    }

    #[test]
    fn every_lock_file_of_the_tree_is_looked_at() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let listing = Command::new("git").current_dir(&root).args(["ls-files", "*Cargo.lock"]).output().expect("git");
        for lock in String::from_utf8_lossy(&listing.stdout).lines() {
            let manifest = lock.replace(".lock", ".toml");
            assert!(manifest == PRODUCT || BESIDE.contains(&manifest.as_str()), "{lock} is not looked at");
        }
    }
}
