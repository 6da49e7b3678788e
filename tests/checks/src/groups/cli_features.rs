//! The command in its parts: a build that only verifies has no database and no web server, and each feature compiles alone.

use crate::run::Run;
use std::process::Command;

/// What a build that only verifies must not contain.
const FORBIDDEN: &[&str] = &["argon2", "axum", "hyper", "sqlx", "sqlx-core", "tokio"];
const TREE: &[&str] = &[
    "tree",
    "--locked",
    "--package",
    "glowband",
    "--no-default-features",
    "--edges",
    "normal,build",
    "--prefix",
    "none",
];

pub(crate) fn check(run: &mut Run<'_>) {
    let mut tree = run.workspace.cargo();
    tree.args(TREE);
    run.finding("cargo tree --package glowband --no-default-features: no database, no web server", packages(tree));
    for features in ["", "door", "forward-auth"] {
        run.command_line(&format!(
            "cargo clippy --package glowband --no-default-features --features={features} -- -D warnings"
        ));
    }
}

fn packages(mut tree: Command) -> Result<String, Vec<String>> {
    let output = tree.output().map_err(|error| vec![error.to_string()])?;
    if !output.status.success() {
        return Err(vec![String::from_utf8_lossy(&output.stderr).into_owned()]);
    }
    without_forbidden(&String::from_utf8_lossy(&output.stdout))
}

fn without_forbidden(tree: &str) -> Result<String, Vec<String>> {
    let mut names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    names.sort_unstable();
    names.dedup();
    // A tree without this package is not the tree of the command.
    if !names.contains(&"glowband-verify") {
        return Err(vec!["glowband-verify is not in the tree".to_owned()]);
    }
    let found: Vec<String> = FORBIDDEN
        .iter()
        .filter(|forbidden| names.contains(forbidden))
        .map(|forbidden| {
            format!("{forbidden} is in the tree: cargo tree -p glowband --no-default-features -i {forbidden}")
        })
        .collect();
    if found.is_empty() { Ok(format!("{} packages", names.len())) } else { Err(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_package_is_named() {
        let good = "glowband v0.1.0 (/x)\nglowband-verify v0.1.0 (/y)\nrustls v0.23.0\nrustls v0.23.0 (*)\n";
        assert_eq!(without_forbidden(good), Ok("3 packages".to_owned()));
        let bad = format!("{good}tokio v1.50.0\ntokio-util v0.7.0\n");
        let found = without_forbidden(&bad).unwrap_err();
        assert!(found.len() == 1 && found[0].starts_with("tokio is in the tree"), "{found:?}");
        assert!(without_forbidden("").is_err());
    }
}
