//! What the types forbid does not compile, and for the reason that the case is about.
//!
//! A line that is wrong says so itself, with the code of its error: `//~ E0308`. The compiler's words change from version
//! to version and are not compared.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The case, the line, and the code of an error.
type Error = (String, usize, String);

#[test]
fn misuse_does_not_compile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile-fail");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder.join("refused")).expect("cases").map(|entry| entry.expect("a case").path()).collect();
    assert!(cases.len() >= 20, "only {} cases", cases.len());
    let mut expected = BTreeSet::new();
    for case in &cases {
        let errors = announced(&name(case), &fs::read_to_string(case).expect("text"));
        assert!(!errors.is_empty(), "{}: no line says what is wrong with it", case.display());
        expected.extend(errors);
    }
    // The same words, used as they are meant: a failure of the others is then not for want of a name.
    cases.push(folder.join("meant-use.rs"));
    let said = checked(&cases);
    let found = reported(&said);
    let compiles: Vec<_> = expected.difference(&found).collect();
    let otherwise: Vec<_> = found.difference(&expected).collect();
    assert!(
        compiles.is_empty() && otherwise.is_empty(),
        "no such error: {compiles:?}\nnot announced: {otherwise:?}\n{said}"
    );
    println!("{} programs, {} errors", cases.len(), found.len());
}

/// What the compiler says of programs that know nothing but the core: one line for each error.
fn checked(cases: &[PathBuf]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile-fail");
    fs::create_dir_all(&package).expect("a folder");
    let mut manifest = format!(
        "[package]\nname = 'misuse'\nedition = '2024'\n[workspace]\n[dependencies]\nglowband-core.path = '{}'\n",
        root.join("core").display()
    );
    for case in cases {
        write!(manifest, "[[bin]]\nname = '{}'\npath = '{}'\n", name(case), case.display()).expect("text");
    }
    fs::write(package.join("Cargo.toml"), manifest).expect("written");
    // The versions that everything else is tried with.
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("written");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--bins", "--keep-going", "--offline", "--quiet", "--message-format=short", "--color=never"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .output()
        .expect("cargo runs");
    String::from_utf8(output.stderr).expect("text")
}

fn name(case: &Path) -> String {
    case.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned()
}

/// What a case says of its lines.
fn announced(case: &str, text: &str) -> Vec<Error> {
    let marked = text.lines().enumerate().filter_map(|(at, line)| Some((at + 1, line.split_once("//~ ")?.1)));
    marked.map(|(line, code)| (case.to_owned(), line, code.to_owned())).collect()
}

/// What the compiler says: `folder/case.rs:6:16: error[E0308]: …`. An error of another form belongs to no case.
fn reported(messages: &str) -> BTreeSet<Error> {
    let read = |line: &str| {
        let (place, message) = line.split_once(": error")?;
        let [_column, number, path] = place.rsplitn(3, ':').collect::<Vec<_>>().try_into().ok()?;
        let code = message.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(message, |(code, _)| code);
        Some((name(Path::new(path)), number.parse().ok()?, code.to_owned()))
    };
    let error = |line: &str| match read(line) {
        None if line.starts_with("error") && !line.starts_with("error: could not compile `misuse` (bin ") => {
            Some((String::new(), 0, line.to_owned()))
        }
        error => error,
    };
    messages.lines().filter_map(error).collect()
}

#[test]
fn messages_are_read() {
    let messages = "/a b/c.rs:6:16: error[E0308]: mismatched types: error\nd.rs:7:1: warning: unused\nc.rs:8:1: error: cannot\n\
                    error: could not compile `misuse` (bin \"c\") due to 2 previous errors\nerror: no matching package\n";
    let expected = [("", 0, "error: no matching package"), ("c", 6, "E0308"), ("c", 8, ": cannot")];
    let owned = |(case, line, code): (&str, usize, &str)| (case.to_owned(), line, code.to_owned());
    assert_eq!(reported(messages), expected.map(owned).into());
    let case = "//! Text.\nfn f() {\n    g(1); //~ E0308\n}\n";
    assert_eq!(announced("c", case), [owned(("c", 3, "E0308"))]);
}
