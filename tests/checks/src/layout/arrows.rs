//! Which crate may depend on which: arrows point down only.

use super::files::{Source, verdict};

/// The product's crates and what each may use of the others. Tests may use everything.
const MAY_USE: &[(&str, &[&str])] = &[
    ("glowband-sha256", &[]),
    ("glowband-p256", &["glowband-sha256"]),
    ("glowband-core", &["glowband-p256", "glowband-sha256"]),
    ("glowband-verify", &["glowband-core", "glowband-p256"]),
    // What is public of a signing key, and the validation of key files, are the verifier's.
    ("glowband-issue", &["glowband-core", "glowband-verify"]),
    ("glowband-session", &["glowband-core"]),
    ("glowband-storage", &["glowband-session"]),
    // Its guard is a feature; the client takes the words alone.
    ("glowband-http", &["glowband-core", "glowband-verify"]),
    ("glowband-http-examples", &["glowband-http", "glowband-verify"]),
    ("glowband-client", &["glowband-http"]),
    ("glowband-capi", &["glowband-core"]),
    // What people read and write, without any token.
    ("glowband-text", &[]),
    (
        "glowband-server",
        &[
            "glowband-core",
            "glowband-verify",
            "glowband-issue",
            "glowband-session",
            "glowband-storage",
            "glowband-http",
            "glowband-text",
        ],
    ),
    (
        "glowband",
        &[
            "glowband-core",
            "glowband-verify",
            "glowband-issue",
            "glowband-session",
            "glowband-storage",
            "glowband-http",
            "glowband-text",
            "glowband-server",
        ],
    ),
];

/// Crates outside the product: they look at it from outside.
const OUTSIDE: &[&str] = &["tests/", "fuzz/", "firmware-example/"];

/// Finds every dependency between our crates that the table does not allow.
pub(crate) fn upward(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    let mut arrows = 0;
    for manifest in sources.iter().filter(|source| is_manifest(&source.path)) {
        let Some(name) = package_name(&manifest.text) else {
            continue;
        };
        let outside = OUTSIDE.iter().any(|place| manifest.path.starts_with(place));
        let allowed = MAY_USE.iter().find(|(owner, _)| *owner == name).map(|(_, may)| *may);
        for (section, used) in own_dependencies(&manifest.text) {
            arrows += 1;
            let program = used == "glowband" || used == "glowband-server";
            // The fuzz targets read what the command reads.
            if outside && program && manifest.path.starts_with("firmware-example/") {
                bad.push(format!(
                    "{}: [{section}] {used}: a chip runs neither the command nor the server",
                    manifest.path
                ));
            } else if outside {
                continue;
            } else if let Some(allowed) = allowed {
                // A test of an adapter may look sideways; the tests of core may not.
                let sideways = section.contains("dev-dependencies") && name != "glowband-core" && !program;
                if !allowed.contains(&used.as_str()) && !sideways {
                    bad.push(format!("{}: [{section}] {used}: not allowed for {name}", manifest.path));
                }
            }
        }
        if !outside && allowed.is_none() {
            bad.push(format!("{}: {name} is not in the table of tests/checks/src/layout/arrows.rs", manifest.path));
        }
    }
    verdict(bad, format!("{arrows} arrows"))
}

fn is_manifest(path: &str) -> bool {
    path == "Cargo.toml" || path.ends_with("/Cargo.toml")
}

fn package_name(manifest: &str) -> Option<String> {
    let mut section = "";
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = header(line) {
            section = header;
        } else if section == "package"
            && let Some(("name", value)) = line.split_once('=').map(|(key, value)| (key.trim(), value))
        {
            return Some(value.trim().trim_matches('"').to_owned());
        }
    }
    None
}

/// Every dependency on a crate of ours: its section and the crate's real name.
fn own_dependencies(manifest: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('#') {
            continue;
        }
        if let Some(header) = header(line) {
            section = header.to_owned();
            // [dependencies.glowband-core]
            if let Some((table, name)) = header.rsplit_once("dependencies.") {
                section = format!("{table}dependencies");
                note(&section, name.trim_matches('"'), &mut found);
            }
            continue;
        }
        if !section.ends_with("dependencies") || section.starts_with("workspace") {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let key = key.trim();
        let key = key.split('.').next().unwrap_or(key).trim_matches('"');
        match renamed(key, value) {
            Some(real) => note(&section, &real, &mut found),
            None => note(&section, key, &mut found),
        }
    }
    found
}

fn note(section: &str, name: &str, found: &mut Vec<(String, String)>) {
    if name == "glowband" || name.starts_with("glowband-") {
        found.push((section.to_owned(), name.to_owned()));
    }
}

/// `door = { package = "glowband" }`, or a line `package = "glowband"` of a table of its own.
fn renamed(key: &str, value: &str) -> Option<String> {
    let from = if key == "package" { value } else { value.split_once("package")?.1.trim_start().strip_prefix('=')? };
    Some(from.trim().strip_prefix('"')?.split('"').next()?.to_owned())
}

fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.trim_start_matches('[').split(']').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, manifest: &str) -> Result<String, Vec<String>> {
        let sources = [Source { path: path.to_owned(), text: manifest.to_owned() }];
        upward(&sources)
    }

    #[test]
    fn core_uses_the_curve_and_the_hash_alone_even_in_its_tests() {
        let core = "[package]\nname = \"glowband-core\"\n[dependencies]\nserde = \"1\"\n";
        assert!(found("core/Cargo.toml", core).is_ok());
        assert!(found("core/Cargo.toml", &format!("{core}glowband-p256 = {{ workspace = true }}\n")).is_ok());
        for more in [
            "glowband-verify = { workspace = true }\n",
            "verify = { package = \"glowband-verify\", path = \"x\" }\n",
            "glowband-verify.workspace = true\n",
            "[dev-dependencies]\nglowband-verify = \"0.1\"\n",
            "[dependencies.glowband-verify]\npath = \"x\"\n",
            "[target.'cfg(unix)'.dependencies]\nglowband-verify = \"0.1\"\n",
        ] {
            assert!(found("core/Cargo.toml", &format!("{core}{more}")).is_err(), "{more}");
        }
    }

    #[test]
    fn only_tests_use_the_command() {
        let uses =
            |name: &str| format!("[package]\nname = \"{name}\"\n[dev-dependencies]\nglowband = {{ path = \"x\" }}\n");
        assert!(found("tests/Cargo.toml", &uses("glowband-tests")).is_ok());
        assert!(found("host-adapters/http/Cargo.toml", &uses("glowband-http")).is_err());
        assert!(found("firmware-example/Cargo.toml", &uses("door")).is_err());
    }

    #[test]
    fn a_crate_without_a_place_is_noticed_and_the_root_manifest_does_not_count() {
        assert!(found("host-adapters/new/Cargo.toml", "[package]\nname = \"glowband-new\"\n").is_err());
        let root = "[workspace]\nmembers = []\n[workspace.dependencies]\nglowband-core = { path = \"core\" }\n";
        assert_eq!(found("Cargo.toml", root), Ok("0 arrows".to_owned()));
    }
}
