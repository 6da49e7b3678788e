//! Which targets there are, and where their inputs lie.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Run;

/// A target, by the name of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: String,
    root: PathBuf,
}

impl Target {
    pub(super) fn new(root: &Path, name: &str) -> Self {
        Self { name: name.to_owned(), root: root.join("fuzz") }
    }

    /// Committed inputs, which every run replays.
    pub(super) fn seeds(&self) -> PathBuf {
        self.root.join("seeds").join(&self.name)
    }

    /// What campaigns have found to be new ways; not committed. cargo-fuzz has it in the same place.
    pub(super) fn corpus(&self) -> PathBuf {
        self.root.join("corpus").join(&self.name)
    }

    /// Inputs that a target failed on; not committed.
    pub(super) fn artifacts(&self) -> PathBuf {
        self.root.join("artifacts").join(&self.name)
    }

    /// Words that its inputs are made of, if it has a list of them.
    pub(super) fn dictionary(&self) -> Option<PathBuf> {
        let file = self.root.join("dictionaries").join(format!("{}.dict", self.name));
        file.is_file().then_some(file)
    }
}

/// All targets: one for each file of `fuzz/fuzz_targets`.
pub(super) fn all(root: &Path) -> Result<Vec<Target>, String> {
    let folder = root.join("fuzz/fuzz_targets");
    let trouble = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(trouble)? {
        let name = entry.map_err(trouble)?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    if names.is_empty() {
        return Err(format!("no target in {}", folder.display()));
    }
    Ok(names.iter().map(|name| Target::new(root, name)).collect())
}

/// The targets that need nothing but the product and its oracles; the others, which compare it with its peers, take longer
/// to build than all the rest, and are for campaigns.
pub(super) fn without_peers(run: &mut Run<'_>) -> Option<Vec<Target>> {
    let mut targets = wished(run)?;
    targets.retain(|target| target.name != "differential");
    Some(targets)
}

/// The targets that are asked for; an unknown name fails the run.
pub(super) fn wished(run: &mut Run<'_>) -> Option<Vec<Target>> {
    let chosen = all(&run.workspace.root).and_then(|all| {
        let wishes = &run.wishes.targets;
        match wishes.iter().find(|wish| all.iter().all(|target| target.name != **wish)) {
            Some(unknown) => {
                let names: Vec<&str> = all.iter().map(|target| target.name.as_str()).collect();
                Err(format!("there is no target `{unknown}`; the targets are {}", names.join(", ")))
            }
            None if wishes.is_empty() => Ok(all),
            None => Ok(all.into_iter().filter(|target| wishes.contains(&target.name)).collect()),
        }
    });
    match chosen {
        Ok(targets) => Some(targets),
        Err(error) => {
            run.finding("the targets", Err(vec![error]));
            None
        }
    }
}

/// How many files a folder has; none if it is not there.
pub(super) fn count(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, |entries| entries.flatten().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_its_seeds_and_its_entry_in_the_list() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let list = fs::read_to_string(root.join("fuzz/src/targets.rs")).expect("the list");
        let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).expect("the manifest");
        for target in all(&root).expect("there are targets") {
            let Target { name, .. } = &target;
            assert!(count(&target.seeds()) > 0, "{name} has no seeds");
            assert!(list.contains(&format!("(\"{name}\", ")), "{name} is not in fuzz/src/targets.rs");
            assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name} is not in fuzz/Cargo.toml");
        }
    }
}
