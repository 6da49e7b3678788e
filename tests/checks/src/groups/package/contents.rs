//! What a packed crate must contain: licences, a manifest that crates.io accepts, and every file that its sources include.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// What crates.io takes.
const MOST_BYTES: u64 = 10 * 1024 * 1024;

/// Checks an unpacked crate.
pub(super) fn complete(folder: &Path) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "src"] {
        if !folder.join(name).exists() {
            bad.push(format!("{name} is missing"));
        }
    }
    match fs::read_to_string(folder.join("Cargo.toml")) {
        Ok(manifest) => bad.extend(manifest_faults(&manifest)),
        Err(error) => bad.push(format!("Cargo.toml: {error}")),
    }
    let files = files_below(folder);
    let mut included = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let text = fs::read_to_string(file).unwrap_or_default();
        let own = file.strip_prefix(folder).unwrap_or(file);
        for path in included_files(own, &text) {
            included += 1;
            if path.as_ref().is_none_or(|path| !folder.join(path).is_file()) {
                let path = path.map_or_else(|| "a file outside".to_owned(), |path| path.display().to_string());
                bad.push(format!("{} includes {path}, which is not in the package", own.display()));
            }
        }
    }
    let bytes: u64 = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|about| about.len()).sum();
    if bytes > MOST_BYTES {
        bad.push(format!("{bytes} bytes; crates.io takes {MOST_BYTES}"));
    }
    if bad.is_empty() {
        Ok(format!("{} files, {included} of them included by sources, {} KiB", files.len(), bytes.div_ceil(1024)))
    } else {
        Err(bad)
    }
}

/// What crates.io or docs.rs would lack in a normalised manifest.
fn manifest_faults(manifest: &str) -> Vec<String> {
    let mut bad = Vec::new();
    for key in ["description", "license", "readme", "repository", "rust-version"] {
        if !manifest.lines().any(|line| line.starts_with(&format!("{key} = "))) {
            bad.push(format!("Cargo.toml: no {key}"));
        }
    }
    for (key, most) in [("keywords", 5), ("categories", 5)] {
        let words = list(manifest, key);
        if words.is_empty() || words.len() > most {
            bad.push(format!("Cargo.toml: {} {key}; allowed: 1 to {most}", words.len()));
        }
        for word in words.iter().filter(|word| key == "keywords" && !is_keyword(word)) {
            bad.push(format!(
                "Cargo.toml: keyword `{word}`; allowed: 20 letters, digits, `_`, `-`, `+`, a letter first"
            ));
        }
    }
    if !manifest.lines().any(|line| line == "[package.metadata.docs.rs]") {
        bad.push("Cargo.toml: no [package.metadata.docs.rs]".to_owned());
    }
    bad
}

fn is_keyword(word: &str) -> bool {
    word.len() <= 20
        && word.starts_with(|first: char| first.is_ascii_alphanumeric())
        && word.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-+".contains(letter))
}

/// The strings of `key = ["…"]`, on one line or several.
fn list<'m>(manifest: &'m str, key: &str) -> Vec<&'m str> {
    let start = format!("\n{key} = [");
    let Some((_, rest)) = manifest.split_once(start.as_str()) else {
        return Vec::new();
    };
    let inside = rest.split(']').next().unwrap_or_default();
    inside.split('"').skip(1).step_by(2).collect()
}

/// The files that a source file includes, from the folder of the crate; `None` is a file outside of it.
fn included_files(own: &Path, text: &str) -> Vec<Option<PathBuf>> {
    let beside = own.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for start in ["include_str!(\"", "include_bytes!(\"", "include!(\""] {
        let paths = text.split(start).skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(paths.map(|path| inside(&beside.join(path))));
    }
    // concat!(env!("CARGO_MANIFEST_DIR"), "/a/file")
    for rest in text.split("env!(\"CARGO_MANIFEST_DIR\"), \"/").skip(1) {
        found.extend(rest.split('"').next().map(|path| inside(Path::new(path))));
    }
    found
}

/// The path without `..`, or `None` if it leaves the folder.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if !plain.pop() => return None,
            Component::Normal(name) => plain.push(name),
            _ => {}
        }
    }
    Some(plain)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nrust-version = \"1.89\"\nname = \"x\"\ndescription = \"d\"\nreadme = \"README.md\"\n\
        keywords = [\n    \"jwt\",\n    \"no_std\",\n]\ncategories = [\"authentication\"]\nlicense = \"MIT\"\n\
        repository = \"https://example.org\"\n\n[package.metadata.docs.rs]\nall-features = true\n";

    #[test]
    fn what_a_manifest_lacks_is_named() {
        assert_eq!(manifest_faults(GOOD), [""; 0]);
        assert_eq!(manifest_faults(&GOOD.replace("description", "x")), ["Cargo.toml: no description"]);
        assert_eq!(manifest_faults(&GOOD.replace("docs.rs", "x")), ["Cargo.toml: no [package.metadata.docs.rs]"]);
        assert_eq!(manifest_faults(&GOOD.replace("categories", "x")), ["Cargo.toml: 0 categories; allowed: 1 to 5"]);
        assert_eq!(manifest_faults(&GOOD.replace("\"jwt\"", "\"json web token\"")).len(), 1);
        assert_eq!(manifest_faults(&GOOD.replace("\"jwt\"", "\"1\", \"2\", \"3\", \"4\", \"5\"")).len(), 1);
    }

    #[test]
    fn included_files_are_found_from_the_folder_of_the_crate() {
        let found = |own: &str, text: &str| included_files(Path::new(own), text);
        assert_eq!(found("src/lib.rs", "#![doc = include_str!(\"../README.md\")]"), [Some(PathBuf::from("README.md"))]);
        assert_eq!(found("src/a/b.rs", "include_bytes!(\"c.css\")"), [Some(PathBuf::from("src/a/c.css"))]);
        assert_eq!(found("src/lib.rs", "include_str!(\"../../README.md\")"), [None]);
        let manifest_dir = "concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/examples/x\")";
        assert_eq!(found("src/lib.rs", manifest_dir), [Some(PathBuf::from("examples/x"))]);
        assert_eq!(found("src/lib.rs", "fn main() {}"), []);
    }

    #[test]
    fn a_package_without_an_included_file_is_refused() {
        let folder = std::env::temp_dir().join(format!("checks-contents-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).expect("a folder");
        for (name, text) in [
            ("LICENSE-APACHE", "text"),
            ("LICENSE-MIT", "text"),
            ("README.md", "text"),
            ("Cargo.toml", GOOD),
            ("src/lib.rs", "include_str!(\"../README.md\")"),
        ] {
            fs::write(folder.join(name), text).expect("a file");
        }
        complete(&folder).expect("complete");
        fs::write(folder.join("src/lib.rs"), "include_str!(\"../OTHER.md\")").expect("a file");
        let found = complete(&folder).expect_err("OTHER.md");
        assert_eq!(found, ["src/lib.rs includes OTHER.md, which is not in the package"]);
        fs::remove_file(folder.join("LICENSE-MIT")).expect("gone");
        assert_eq!(complete(&folder).expect_err("two faults").len(), 2);
        fs::remove_dir_all(folder).expect("gone");
    }
}
