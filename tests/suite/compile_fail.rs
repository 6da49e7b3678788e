//! What the types forbid does not compile, and for the reason that the case is about.
//!
//! A line that is wrong says so itself, with the code of its error: `//~ E0308`. The compiler's words change from version
//! to version and are not compared.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Where the cases are, for the run that compiles them.
const CASES: &str = "GLOWBAND_COMPILE_FAIL_CASES";

/// Lines and codes of errors.
type Errors = BTreeSet<(usize, String)>;

#[test]
fn misuse_does_not_compile() {
    match env::var_os(CASES) {
        Some(folder) => compile(Path::new(&folder)),
        None => compare(),
    }
}

/// Fails if a case compiles; what the compiler says is written beside the case.
fn compile(folder: &Path) {
    // The same words, used as they are meant: a failure of the others is then not for want of a name.
    trybuild::TestCases::new().pass("compile-fail/meant-use.rs");
    trybuild::TestCases::new().compile_fail(folder.join("*.rs"));
}

fn compare() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("compile-fail-{}", std::process::id()));
    let cases = copied_to(&folder);
    let run = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "compile_fail::misuse_does_not_compile", "--nocapture"])
        .env("TRYBUILD", "overwrite")
        .env(CASES, &folder)
        .output()
        .expect("this program runs");
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    let mut wrong = Vec::new();
    for case in &cases {
        let text = fs::read_to_string(case).expect("the case");
        let said = fs::read_to_string(case.with_extension("stderr")).expect("what the compiler says");
        let (expected, found) = (announced(&text), reported(&said));
        assert!(!expected.is_empty(), "{}: no line says what is wrong with it", case.display());
        if expected != found {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}\n{said}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    println!("{} cases", cases.len());
    fs::remove_dir_all(folder).expect("gone");
}

/// The cases in a folder of their own, so that nothing is written among the sources.
fn copied_to(folder: &Path) -> Vec<PathBuf> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("a folder");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile-fail/refused");
    let copy = |source: PathBuf| {
        let case = folder.join(source.file_name().expect("a name"));
        fs::copy(source, &case).expect("a copy");
        case
    };
    let cases: Vec<_> =
        fs::read_dir(sources).expect("cases").map(|entry| copy(entry.expect("a case").path())).collect();
    assert!(cases.len() >= 20, "only {} cases", cases.len());
    cases
}

/// What a case says of its lines.
fn announced(case: &str) -> Errors {
    let marked = case.lines().enumerate().filter_map(|(at, line)| Some((at + 1, line.split_once("//~ ")?.1)));
    marked.flat_map(|(line, codes)| codes.split(' ').map(move |code| (line, code.to_owned()))).collect()
}

/// What the compiler says: `error[E0308]: …`, and below it `--> file:line:column`.
fn reported(messages: &str) -> Errors {
    let mut errors = Errors::new();
    let mut code = None;
    for line in messages.lines() {
        if let Some(rest) = line.strip_prefix("error") {
            // An error without a place is at line 0.
            errors.extend(code.take().map(|code| (0, code)));
            let named = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            code = Some(named.map_or(line, |(code, _)| code).to_owned());
        } else if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let number = place.rsplit(':').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
            errors.extend(code.take().map(|code| (number, code)));
        }
    }
    errors.extend(code.map(|code| (0, code)));
    errors
}

#[test]
fn messages_are_read() {
    let messages = "error[E0308]: mismatched types\n --> /a b/c.rs:6:16\n  |\n6 |     x\nnote: here\n  --> d.rs\n\
                    error: cannot\n   --> c.rs:7:1\n\nerror[E0004]: no place\n";
    let expected = [(0, "E0004"), (6, "E0308"), (7, "error: cannot")].map(|(line, code)| (line, code.to_owned()));
    assert_eq!(reported(messages), Errors::from(expected));
    let case = "//! Text.\nfn f() {\n    g(1); //~ E0308 E0599\n}\n";
    let expected = [(3, "E0308"), (3, "E0599")].map(|(line, code)| (line, code.to_owned()));
    assert_eq!(announced(case), Errors::from(expected));
}
