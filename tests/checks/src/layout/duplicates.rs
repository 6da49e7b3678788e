//! One version per dependency, except those that deny.toml lists with a reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::files::verdict;

/// Compares Cargo.lock with the list `skip` under `[bans]` of deny.toml, both ways.
pub(crate) fn unexplained(root: &Path) -> Result<String, Vec<String>> {
    let read = |name: &str| fs::read_to_string(root.join(name)).map_err(|error| vec![format!("{name}: {error}")]);
    compare(&read("Cargo.lock")?, &read("deny.toml")?)
}

fn compare(lock: &str, deny: &str) -> Result<String, Vec<String>> {
    let versions = versions(lock);
    if versions.is_empty() {
        return Err(vec!["Cargo.lock names no package".to_owned()]);
    }
    let excused = excused(deny);
    let mut bad = Vec::new();
    for (name, versions) in &versions {
        let unexplained: Vec<&String> = versions
            .iter()
            .filter(|version| !excused.contains(&format!("{name}@{version}")) && !excused.contains(name))
            .collect();
        if unexplained.len() > 1 {
            bad.push(format!(
                "{name} is in Cargo.lock as {}: use one, or list the older in deny.toml with a reason",
                versions.join(" and ")
            ));
        }
    }
    for entry in &excused {
        let (name, version) = entry.split_once('@').unwrap_or((entry, ""));
        let real = versions
            .get(name)
            .is_some_and(|known| known.len() > 1 && (version.is_empty() || known.iter().any(|one| one == version)));
        if !real {
            bad.push(format!("deny.toml skips {entry}, which Cargo.lock does not have twice"));
        }
    }
    verdict(bad, format!("{} crates, {} listed as second versions", versions.len(), excused.len()))
}

fn versions(lock: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut name = None;
    for line in lock.lines() {
        if let Some(value) = line.strip_prefix("name = ") {
            name = Some(value.trim_matches('"').to_owned());
        } else if let Some(value) = line.strip_prefix("version = ")
            && let Some(name) = name.take()
        {
            found.entry(name).or_default().push(value.trim_matches('"').to_owned());
        }
    }
    found
}

/// The crates in `skip = [ { crate = "name@version", reason = "…" }, … ]`.
fn excused(deny: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in deny.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(rest) = line.strip_prefix("skip")
            && rest.trim_start().starts_with('=')
        {
            inside = !line.ends_with(']');
        } else if inside && line.starts_with(']') {
            inside = false;
        } else if inside && let Some((_, rest)) = line.split_once("crate = \"") {
            found.extend(rest.split('"').next().map(str::to_owned));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
version = 4

[[package]]
name = \"digest\"
version = \"0.10.7\"

[[package]]
name = \"digest\"
version = \"0.11.0\"

[[package]]
name = \"sha2\"
version = \"0.11.0\"
";

    #[test]
    fn a_second_version_needs_a_line_in_deny_toml() {
        let found = compare(LOCK, "[bans]\nskip = []\n").expect_err("two of digest");
        assert!(found[0].starts_with("digest is in Cargo.lock as 0.10.7 and 0.11.0"), "{found:?}");
        let listed = "[bans]\nskip = [\n    { crate = \"digest@0.10.7\", reason = \"older sqlx\" },\n]\n";
        assert!(compare(LOCK, listed).is_ok());
    }

    #[test]
    fn a_line_that_excuses_nothing_is_stale() {
        let stale = "[bans]\nskip = [\n    { crate = \"sha2@0.10.0\", reason = \"gone\" },\n    { crate = \"digest@0.10.7\", reason = \"x\" },\n]\n";
        let found = compare(LOCK, stale).expect_err("a stale line");
        assert_eq!(found, ["deny.toml skips sha2@0.10.0, which Cargo.lock does not have twice"]);
    }
}
