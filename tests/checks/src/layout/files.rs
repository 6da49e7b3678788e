//! Rules about single files: size, name, leftovers, `unsafe`.

use std::fs;
use std::io;
use std::path::Path;

use super::rust_text;

/// How many lines a file may have, its inline tests not counted. Most have less than 400; a limit that is too low tears one
/// thing apart, and the parts then use each other in circles.
const LINES: usize = 600;

/// Longer files, each with its reason.
const LONG_FOR_A_REASON: &[(&str, &str)] = &[];

/// Names that say nothing about the content.
const VAGUE: &[&str] = &["utils", "util", "common", "helpers", "misc"];

/// Folders that hold no source of ours.
const NOT_OURS: &[&str] = &["target", "node_modules", ".git", "__pycache__", "corpus", "artifacts"];

const SOURCE_ENDINGS: &[&str] = &["rs", "py", "ts", "tsx", "js", "mjs", "c", "h", "sh"];

/// Where `unsafe` may stand: beginnings of paths, then single files with vector instructions.
const UNSAFE_PLACES: &[&str] = &["host-adapters/capi/", "tests/", "fuzz/"];
const UNSAFE_FILES: &[&str] = &[
    "host-adapters/verify/src/es256/ifma.rs",
    "host-adapters/verify/src/es256/ifma_entries.rs",
    "host-adapters/verify/src/es256/ifma_field/tests.rs",
    "host-adapters/verify/src/hs256/shani_streams.rs",
];

/// Files of the firmware that know a register, a section or an instruction; the others get along without.
const UNSAFE_FIRMWARE: &[&str] = &[
    "firmware-example/board-stm32f4/src/faults.rs",
    "firmware-example/board-stm32f4/src/kept_ram.rs",
    "firmware-example/board-stm32f4/src/serial.rs",
    "firmware-example/measure/src/markers.rs",
    "firmware-example/measure/src/painted_stack.rs",
    "firmware-example/measure/src/panics.rs",
    "firmware-example/p256-umaal/src/assembly.rs",
];

pub(crate) struct Source {
    /// From the root, with `/`.
    pub(crate) path: String,
    /// Empty for files that are not text.
    pub(crate) text: String,
}

/// Every file of the tree, in the order of its path.
pub(crate) fn below(root: &Path) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    collect(root, "", &mut found)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

pub(crate) fn too_long(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut longest = 0;
    let mut bad = Vec::new();
    for source in sources.iter().filter(|source| is_source(source)) {
        let lines = lines_before_tests(source);
        longest = longest.max(lines);
        let excused = LONG_FOR_A_REASON.iter().any(|(path, _)| *path == source.path);
        if lines > LINES && !excused {
            bad.push(format!("{}: {lines} lines", source.path));
        }
    }
    verdict(bad, format!("the longest has {longest}"))
}

pub(crate) fn vague_names(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    for source in sources {
        let vague = source.path.split('/').any(|part| {
            let stem = part.split('.').next().unwrap_or(part);
            VAGUE.contains(&stem.to_ascii_lowercase().as_str())
        });
        if vague {
            bad.push(format!("{}: name it after what it knows", source.path));
        }
    }
    verdict(bad, String::new())
}

pub(crate) fn leftovers(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    for source in sources.iter().filter(|source| is_source(source)) {
        let (code, prose) = if source.path.ends_with(".rs") {
            (rust_text::code_only(&source.text), rust_text::comments_only(&source.text))
        } else {
            (String::new(), source.text.clone())
        };
        for (number, line) in code.lines().enumerate() {
            for word in ["todo", "unimplemented", "dbg"] {
                if line.contains(&format!("{word}!")) && has_word(line, word) {
                    bad.push(format!("{}:{}: {word}!", source.path, number + 1));
                }
            }
        }
        for (number, line) in prose.lines().enumerate() {
            for word in [concat!("FIX", "ME"), concat!("XX", "X")] {
                if has_word(line, word) {
                    bad.push(format!("{}:{}: {word}", source.path, number + 1));
                }
            }
        }
    }
    verdict(bad, String::new())
}

pub(crate) fn misplaced_unsafe(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs")) {
        let allowed = UNSAFE_PLACES.iter().any(|place| source.path.starts_with(place))
            || UNSAFE_FILES.contains(&source.path.as_str())
            || UNSAFE_FIRMWARE.contains(&source.path.as_str());
        if allowed {
            continue;
        }
        for (number, line) in rust_text::code_only(&source.text).lines().enumerate() {
            if has_word(line, "unsafe") {
                bad.push(format!("{}:{}: unsafe code", source.path, number + 1));
            }
        }
    }
    verdict(bad, String::new())
}

pub(super) fn verdict(bad: Vec<String>, summary: String) -> Result<String, Vec<String>> {
    if bad.is_empty() { Ok(summary) } else { Err(bad) }
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{path}/"), found)?;
            }
        } else if kind.is_file() && name != ".git" {
            let text = String::from_utf8(fs::read(entry.path())?).unwrap_or_default();
            found.push(Source { path, text });
        }
    }
    Ok(())
}

fn is_source(source: &Source) -> bool {
    let ending = source.path.rsplit('.').next().unwrap_or("");
    SOURCE_ENDINGS.contains(&ending)
}

/// Lines up to the test module that ends a Rust file; all lines of any other file.
fn lines_before_tests(source: &Source) -> usize {
    let lines: Vec<&str> = source.text.lines().collect();
    if !source.path.ends_with(".rs") {
        return lines.len();
    }
    let tests = lines.iter().enumerate().position(|(at, line)| {
        *line == "#[cfg(test)]"
            && lines[at + 1..]
                .iter()
                .find(|next| !next.starts_with("#["))
                .is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'))
    });
    tests.unwrap_or(lines.len())
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let apart = |side: Option<char>| !side.is_some_and(|c| c.is_alphanumeric() || c == '_');
        apart(before) && apart(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Vec<Source> {
        vec![Source { path: path.to_owned(), text: text.to_owned() }]
    }

    #[test]
    fn the_tree_is_read_without_what_is_not_ours() {
        let root = std::env::temp_dir().join(format!("checks-tree-{}", std::process::id()));
        for folder in ["core/src", "target/debug", "tests/interop/node_modules/x", ".github"] {
            fs::create_dir_all(root.join(folder)).expect("a folder");
        }
        for file in ["core/src/lib.rs", "target/debug/a.rs", "tests/interop/node_modules/x/util.js", ".github/ci.yml"] {
            fs::write(root.join(file), "x\n").expect("a file");
        }
        let paths: Vec<String> = below(&root).expect("a tree").into_iter().map(|source| source.path).collect();
        assert_eq!(paths, [".github/ci.yml", "core/src/lib.rs"]);
        fs::remove_dir_all(root).expect("gone");
    }

    #[test]
    fn only_the_lines_before_the_inline_tests_count() {
        let code = "x\n".repeat(LINES);
        let tests = format!("#[cfg(test)]\n#[rustfmt::skip]\nmod tests {{\n{}}}\n", "x\n".repeat(100));
        assert!(too_long(&source("core/src/a.rs", &format!("{code}{tests}"))).is_ok());
        assert!(too_long(&source("core/src/a.rs", &format!("{code}x\n{tests}"))).is_err());
        // A test-only item in the middle is no end of the file.
        let middle = format!("#[cfg(test)]\nuse x;\n{code}");
        assert!(too_long(&source("core/src/a.rs", &middle)).is_err());
        assert!(too_long(&source("README.md", &format!("{code}{code}"))).is_ok());
        assert!(too_long(&source("a.mjs", &format!("{code}{code}"))).is_err());
    }

    #[test]
    fn names_that_say_nothing_are_refused_for_files_and_folders() {
        for path in ["core/src/utils.rs", "tests/common/mod.rs", "a/Helpers.ts", "misc/x.md"] {
            assert!(vague_names(&source(path, "")).is_err(), "{path}");
        }
        for path in ["core/src/commonality.rs", "core/src/text.rs"] {
            assert!(vague_names(&source(path, "")).is_ok(), "{path}");
        }
    }

    #[test]
    fn unfinished_code_is_found_with_its_line() {
        let found = leftovers(&source("a.rs", "fn f() {\n    todo!()\n}\n")).expect_err("a find");
        assert_eq!(found, ["a.rs:2: todo!"]);
        assert!(leftovers(&source("a.rs", concat!("// FIX", "ME: soon\n"))).is_err());
        assert!(leftovers(&source("a.py", concat!("# XX", "X\n"))).is_err());
        assert!(leftovers(&source("a.rs", "let s = \"todo!()\"; // no todo here\n")).is_ok());
        assert!(leftovers(&source("a.rs", "my_dbg!(x); // AXXXB\n")).is_ok());
    }

    #[test]
    fn unsafe_stays_where_it_is_allowed() {
        let code = "fn f() { unsafe { g() } }\n";
        assert!(misplaced_unsafe(&source("core/src/a.rs", code)).is_err());
        assert!(misplaced_unsafe(&source("core/src/a.rs", "#[unsafe(no_mangle)]\n")).is_err());
        assert!(misplaced_unsafe(&source("host-adapters/capi/src/lib.rs", code)).is_ok());
        assert!(misplaced_unsafe(&source("host-adapters/verify/src/es256/ifma.rs", code)).is_ok());
        assert!(misplaced_unsafe(&source("host-adapters/verify/src/es256/ifma_point.rs", code)).is_err());
        assert!(misplaced_unsafe(&source("firmware-example/board-stm32f4/src/serial.rs", code)).is_ok());
        assert!(misplaced_unsafe(&source("firmware-example/board-stm32f4/src/flash.rs", code)).is_err());
        assert!(misplaced_unsafe(&source("firmware-example/door/src/store.rs", code)).is_err());
        let prose = "#![forbid(unsafe_code)]\n// unsafe is not used\n";
        assert!(misplaced_unsafe(&source("core/src/a.rs", prose)).is_ok());
    }
}
