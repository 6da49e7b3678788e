//! Where the figures are shown: a document and a chart of their own, and a part of two READMEs.

use std::fs;
use std::path::Path;

pub const REPORT: &str = "tests/bench/RESULTS.md";
pub const CHART: &str = "tests/bench/speed.svg";
pub const README: &str = "README.md";
pub const VERIFIER_README: &str = "host-adapters/verify/README.md";
/// What this program writes.
pub const ALL: [&str; 4] = [REPORT, CHART, README, VERIFIER_README];

const BEGIN: &str = "<!-- Written by `cargo checks bench`: -->\n";
const END: &str = "<!-- Written so far. -->\n";

/// Writes a whole document of the project.
pub fn write(root: &Path, document: &str, text: &str) {
    let path = root.join(document);
    fs::write(&path, text).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

/// Writes the part of a document that lies between the two marks.
pub fn write_part(root: &Path, document: &str, part: &str) {
    let path = root.join(document);
    let old = fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let new = with_part(&old, part).unwrap_or_else(|| panic!("{document} has no place for the figures"));
    write(root, document, &new);
}

fn with_part(document: &str, part: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{part}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_part_stays() {
        let old = format!("before\n{BEGIN}old\n{END}after\n");
        assert_eq!(with_part(&old, "new\n").unwrap(), format!("before\n{BEGIN}new\n{END}after\n"));
        assert!(with_part("no marks", "new\n").is_none());
    }

    #[test]
    fn the_documents_have_a_place_for_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for document in [README, VERIFIER_README] {
            let text = fs::read_to_string(root.join(document)).unwrap();
            assert!(with_part(&text, "").is_some(), "{document}");
        }
    }
}
