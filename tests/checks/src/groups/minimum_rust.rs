//! The oldest compilers that the manifests declare: each crate compiles with the one that it names.

use std::fs;

use crate::groups::package::PUBLISHED;
use crate::needs::Need;
use crate::run::Run;
use crate::step::Step;

/// The versions that the manifests declare.
const VERSIONS: [&str; 2] = ["1.89", "1.94"];

pub(crate) const NEEDS: &[Need] = &[Need::RustToolchain(VERSIONS[0]), Need::RustToolchain(VERSIONS[1])];

pub(crate) fn check(run: &mut Run<'_>) {
    for version in VERSIONS {
        let packages: Vec<&str> =
            PUBLISHED.iter().filter(|(_, folder)| declared(run, folder) == version).map(|(name, _)| *name).collect();
        if packages.is_empty() {
            run.finding(&format!("crates with rust-version {version}"), Err(vec!["no crate declares it".to_owned()]));
            continue;
        }
        // Compiled by another compiler, nothing is used again; without optimisation, C takes half of the time.
        let mut cargo = run.workspace.program("rustup");
        cargo.args(["run", version, "cargo", "check", "--locked", "--all-features"]);
        cargo.args(["--config", "profile.dev.package.'*'.opt-level=0", "--config", "profile.dev.opt-level=0"]);
        cargo.args(packages.iter().flat_map(|package| ["--package", package]));
        // `cargo run` names the compiler of this run.
        cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env_remove("RUSTC");
        cargo.env("CARGO_TARGET_DIR", run.workspace.target("minimum-rust"));
        run.step(Step::new(format!("Rust {version}: {}", packages.join(", ")), cargo));
    }
    let undeclared: Vec<String> = PUBLISHED
        .iter()
        .map(|(name, folder)| (name, declared(run, folder)))
        .filter(|(_, version)| !VERSIONS.contains(&version.as_str()))
        .map(|(name, version)| format!("{name} declares {version}; this group builds {}", VERSIONS.join(" and ")))
        .collect();
    let found = if undeclared.is_empty() { Ok(format!("{} crates", PUBLISHED.len())) } else { Err(undeclared) };
    run.finding("each published crate declares a version that is built here", found);
}

/// The `rust-version` of a crate: its own, or the workspace's.
fn declared(run: &Run<'_>, folder: &str) -> String {
    let read = |name: &str| fs::read_to_string(run.workspace.root.join(name)).unwrap_or_default();
    version_in(&read(&format!("{folder}/Cargo.toml"))).or_else(|| version_in(&read("Cargo.toml"))).unwrap_or_default()
}

fn version_in(manifest: &str) -> Option<String> {
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "))?;
    Some(version.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_manifest_of_the_crate_or_the_workspace() {
        assert_eq!(version_in("[package]\nrust-version = \"1.94\"\n").as_deref(), Some("1.94"));
        assert_eq!(version_in("[package]\nrust-version.workspace = true\n"), None);
    }
}
