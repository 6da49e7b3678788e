//! Writes what is generated: the vectors, the tokens in the shapes of real issuers, and the table of refusals in the core's
//! documentation.
//!
//! `cargo run -p glowband-tests --bin generate` writes; with `--check` it only compares, and fails naming the file
//! that differs. Nothing here asks the core for a verdict: what is expected is said by the cases, the numbers come
//! from the frozen table, and the signatures from aws-lc.

mod book;
mod cases;
mod field;
mod keys;
mod page;
mod refusals;

use glowband_tests::{refusal_table, vectors_folder};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let check = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            eprintln!("usage: generate [--check]");
            return ExitCode::from(2);
        }
    };
    match generate() {
        Ok(files) => finish(&files, check),
        Err(reason) => {
            eprintln!("generate: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<Vec<(PathBuf, String)>, String> {
    let read = |name: &str| {
        let path = vectors_folder().join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let table = refusal_table::parse(&read("refusals.tsv")?)?;
    let keys = keys::Keys::read(&read("keys.json")?)?;
    let threats = vectors_folder().join("threats.json");
    // Signatures by ECDSA are random; those of the last run are kept where they are genuine.
    let last = match fs::read_to_string(&threats) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{}: {error}", threats.display())),
    };
    let mut book = book::Book::new(keys, &table, &read("classes.tsv")?, &last)?;
    cases::write_all(&mut book);
    let documentation = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/REFUSALS.md");
    let mut files = vec![(documentation, refusals::markdown(&table)), (threats, page::render(&book.finish()?)?)];
    files.extend(field::files(&table)?);
    Ok(files)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}

fn finish(files: &[(PathBuf, String)], check: bool) -> ExitCode {
    let (mut code, mut unchanged) = (ExitCode::SUCCESS, 0);
    for (path, text) in files {
        let same = fs::read_to_string(path).is_ok_and(|present| present == *text);
        if same {
            unchanged += 1;
        } else if check {
            eprintln!("{} is not what `cargo run -p glowband-tests --bin generate` makes", path.display());
            code = ExitCode::FAILURE;
        } else if let Err(error) = write(path, text) {
            eprintln!("{}: {error}", path.display());
            code = ExitCode::FAILURE;
        } else {
            println!("written: {}", path.display());
        }
    }
    println!("{unchanged} files are as they should be");
    code
}
