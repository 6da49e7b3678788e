//! What is published: each crate is packed, and the packed folder has all that it needs.

mod contents;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::Run;
use crate::step::{Step, Success};

/// The published crates and their folders. A crate comes after those that it depends on: the order of a release.
pub(super) const PUBLISHED: &[(&str, &str)] = &[
    ("glowband-sha256", "core/sha256"),
    ("glowband-p256", "core/p256"),
    ("glowband-core", "core"),
    ("glowband-verify", "host-adapters/verify"),
    ("glowband-issue", "host-adapters/issue"),
    ("glowband-session", "host-adapters/session"),
    ("glowband-storage", "host-adapters/storage"),
    ("glowband-http", "host-adapters/http"),
    ("glowband-text", "host-adapters/text"),
    ("glowband-server", "host-adapters/server"),
    ("glowband", "host-adapters/cli"),
];

/// Packs each crate and looks into the archives; compiles nothing.
pub(crate) fn check(run: &mut Run<'_>) {
    let root = run.workspace.root.clone();
    run.finding("crates that are not published say so", unpublished_say_so(&root));
    if let Some(folders) = packed(run) {
        for folder in folders {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            run.finding(&format!("{name} has all that it needs"), contents::complete(&folder));
        }
    }
}

/// Compiles the packed crates, as one workspace outside the tree's folders, and runs the examples of their documentation.
pub(crate) fn build(run: &mut Run<'_>) {
    let Some(folders) = packed(run) else { return };
    let place = run.workspace.target("packed");
    if let Err(reason) = workspace_of(&run.workspace.root, &place, &folders) {
        run.finding("a workspace of the packed crates", Err(vec![reason]));
        return;
    }
    let cargo = |run: &Run<'_>, words: &[&str]| -> Command {
        let mut command = run.workspace.cargo();
        command.current_dir(&place).args(words).env("CARGO_TARGET_DIR", run.workspace.target(""));
        command
    };
    let all = cargo(run, &["build", "--workspace", "--all-features"]);
    if !run.step(Step::new("cargo build --workspace --all-features, of the packed crates", all)) {
        return;
    }
    let examples = cargo(run, &["test", "--workspace", "--all-features", "--doc", "--no-fail-fast"]);
    let step = Step::new("cargo test --workspace --all-features --doc, of the packed crates", examples);
    run.step(step.success(Success::Tests));
    // What `cargo publish` will do: each crate by itself, with its default features.
    let verified = package(run, &[]);
    run.step(Step::new("cargo package, which compiles each crate by itself", verified));
}

fn package(run: &Run<'_>, more: &[&str]) -> Command {
    let mut command = run.workspace.cargo();
    // Otherwise cargo asks crates.io once more for each crate that it packs.
    command.args(["package", "--locked", "--offline", "--allow-dirty"]).args(more);
    for (name, _) in PUBLISHED {
        command.args(["--package", name]);
    }
    command
}

/// Packs and unpacks each published crate. The folders, or `None` after a failure, which is counted.
fn packed(run: &mut Run<'_>) -> Option<Vec<PathBuf>> {
    let mut fetch = run.workspace.cargo();
    fetch.args(["fetch", "--locked"]);
    if !run.step(Step::new("cargo fetch --locked", fetch)) {
        return None;
    }
    let step =
        Step::new(format!("cargo package --no-verify, {} crates", PUBLISHED.len()), package(run, &["--no-verify"]));
    if !run.step(step) {
        return None;
    }
    match unpack(run) {
        Ok((folders, sizes)) => {
            run.console.remark(&sizes.join(", "));
            Some(folders)
        }
        Err(reason) => {
            run.finding("the archives can be unpacked", Err(vec![reason]));
            None
        }
    }
}

fn unpack(run: &Run<'_>) -> Result<(Vec<PathBuf>, Vec<String>), String> {
    let place = run.workspace.target("packed");
    let trouble = |what: &Path, error: std::io::Error| format!("{}: {error}", what.display());
    if place.exists() {
        fs::remove_dir_all(&place).map_err(|error| trouble(&place, error))?;
    }
    fs::create_dir_all(&place).map_err(|error| trouble(&place, error))?;
    let mut folders = Vec::new();
    let mut sizes = Vec::new();
    for (name, folder) in PUBLISHED {
        let version = version(&run.workspace.root, folder)?;
        let archive = run.workspace.target("package").join(format!("{name}-{version}.crate"));
        let bytes = fs::metadata(&archive).map_err(|error| trouble(&archive, error))?.len();
        let mut tar = run.workspace.program("tar");
        tar.arg("-xzf").arg(&archive).arg("-C").arg(&place);
        if !crate::needs::answers(&mut tar) {
            return Err(format!("tar cannot unpack {}", archive.display()));
        }
        folders.push(place.join(format!("{name}-{version}")));
        sizes.push(format!("{name} {} KiB", bytes.div_ceil(1024)));
    }
    Ok((folders, sizes))
}

/// The version in the manifest of a crate, or the workspace's.
fn version(root: &Path, folder: &str) -> Result<String, String> {
    for manifest in [root.join(folder).join("Cargo.toml"), root.join("Cargo.toml")] {
        let text = fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
        if let Some(version) = text.lines().find_map(|line| line.strip_prefix("version = ")) {
            return Ok(version.trim_matches('"').to_owned());
        }
    }
    Err(format!("{folder}/Cargo.toml: no version"))
}

/// Writes the manifest of a workspace with these members. Profiles and lints are those of the tree, so that compiled
/// dependencies are used again; what the crates use of each other is the packed folder.
fn workspace_of(root: &Path, place: &Path, folders: &[PathBuf]) -> Result<(), String> {
    let own = fs::read_to_string(root.join("Cargo.toml")).map_err(|error| format!("Cargo.toml: {error}"))?;
    let profiles = own.find("[profile.").map(|at| &own[at..]).unwrap_or_default();
    let mut text = "[workspace]\nresolver = \"3\"\nmembers = [\n".to_owned();
    let mut patches = "\n[patch.crates-io]\n".to_owned();
    for (folder, (name, _)) in folders.iter().zip(PUBLISHED) {
        let folder = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        text.push_str(&format!("    \"{folder}\",\n"));
        patches.push_str(&format!("{name} = {{ path = \"{folder}\" }}\n"));
    }
    text.push_str("]\n");
    text.push_str(&patches);
    text.push('\n');
    text.push_str(profiles);
    let write = |name: &str, text: &[u8]| {
        fs::write(place.join(name), text).map_err(|error| format!("{}/{name}: {error}", place.display()))
    };
    write("Cargo.toml", text.as_bytes())?;
    let lock = fs::read(root.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
    write("Cargo.lock", &lock)
}

/// Every member of the workspace is in the list above, or has `publish = false`.
fn unpublished_say_so(root: &Path) -> Result<String, Vec<String>> {
    let text = fs::read_to_string(root.join("Cargo.toml")).map_err(|error| vec![error.to_string()])?;
    let mut bad = Vec::new();
    let mut unpublished = 0;
    for member in members(&text) {
        let manifest = fs::read_to_string(root.join(member).join("Cargo.toml")).unwrap_or_default();
        let kept = manifest.lines().any(|line| line == "publish = false");
        let published = PUBLISHED.iter().any(|(_, folder)| *folder == member);
        if kept == published {
            bad.push(format!("{member}/Cargo.toml: add `publish = false`, or add the crate to PUBLISHED"));
        }
        unpublished += usize::from(kept);
    }
    if unpublished == 0 {
        bad.push("Cargo.toml: no member was read".to_owned());
    }
    if bad.is_empty() { Ok(format!("{unpublished} crates")) } else { Err(bad) }
}

fn members(manifest: &str) -> Vec<&str> {
    let list = manifest.lines().skip_while(|line| *line != "members = [").skip(1).take_while(|line| *line != "]");
    list.map(|line| line.trim().trim_end_matches(',').trim_matches('"')).filter(|name| !name.starts_with('#')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_from_the_manifest() {
        let text =
            "[workspace]\nmembers = [\n    \"core\",\n    # why\n    \"tests/checks\",\n]\nexclude = [\"fuzz\"]\n";
        assert_eq!(members(text), ["core", "tests/checks"]);
    }

    #[test]
    fn a_crate_that_is_neither_published_nor_kept_is_named() {
        let root = std::env::temp_dir().join(format!("checks-package-{}", std::process::id()));
        for (folder, manifest) in [("core", "[package]\n"), ("tests", "publish = false\n"), ("new", "[package]\n")] {
            fs::create_dir_all(root.join(folder)).expect("a folder");
            fs::write(root.join(folder).join("Cargo.toml"), manifest).expect("a manifest");
        }
        fs::write(root.join("Cargo.toml"), "members = [\n    \"core\",\n    \"tests\",\n]\n").expect("a manifest");
        assert_eq!(unpublished_say_so(&root), Ok("1 crates".to_owned()));
        fs::write(root.join("Cargo.toml"), "members = [\n    \"core\",\n    \"tests\",\n    \"new\",\n]\n")
            .expect("a manifest");
        let found = unpublished_say_so(&root).expect_err("new");
        assert!(found.len() == 1 && found[0].starts_with("new/Cargo.toml"), "{found:?}");
        fs::remove_dir_all(root).expect("gone");
    }
}
