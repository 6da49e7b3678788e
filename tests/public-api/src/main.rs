//! Writes what each crate makes public, a line for each item, into `tests/public-api/listings`.
//!
//! `cargo run --manifest-path tests/public-api/Cargo.toml` writes; with `-- --check` it only compares, and fails naming
//! what has come and what is gone. Status 3: the compiler in use writes a format that cannot be read here.

mod difference;
mod listing;
mod rustdoc;

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use listing::Trouble;

/// The crates that other programs link.
const CRATES: &[&str] = &[
    "glowband-core",
    "glowband-http",
    "glowband-issue",
    "glowband-p256",
    "glowband-session",
    "glowband-sha256",
    "glowband-storage",
    "glowband-verify",
];

fn main() -> ExitCode {
    if env::var_os(rustdoc::AS_RUSTDOC).is_some() {
        return rustdoc::be();
    }
    let check = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            eprintln!("usage: glowband-public-api [--check]");
            return ExitCode::from(2);
        }
    };
    match every_crate(check) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(Trouble::Format(text)) => {
            eprintln!("public-api: {text}");
            ExitCode::from(3)
        }
        Err(Trouble::Other(text)) => {
            eprintln!("public-api: {text}");
            ExitCode::FAILURE
        }
    }
}

/// Writes or compares; gives the number of crates whose listing is another one.
fn every_crate(check: bool) -> Result<usize, Trouble> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = rustdoc::written(&here.join("../..")).map_err(Trouble::Other)?;
    let mut differ = 0;
    for name in CRATES {
        let text = listing::of(&folder.join(format!("{}.json", name.replace('-', "_"))))?;
        let path = here.join("listings").join(format!("{name}.txt"));
        let before = fs::read_to_string(&path).unwrap_or_default();
        println!("counted: {name}: {} public items", text.lines().count());
        if before == text {
            continue;
        }
        differ += 1;
        for line in difference::between(&before, &text) {
            println!("{name}: {line}");
        }
        if !check {
            fs::write(&path, text).map_err(|error| Trouble::Other(format!("{}: {error}", path.display())))?;
        }
    }
    Ok(if check { differ } else { 0 })
}
