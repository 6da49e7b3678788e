//! Runs the vectors through other libraries and writes what they say: `cargo checks compare`.

mod cases;
mod conversation;
mod document;
mod glowband;
mod name_lists;
mod not_shown;
mod notes;
mod peers;
mod tally;

use crate::cases::{Compared, Row};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};
use tally::Column;

const DOCUMENT: &str = "COMPARED.md";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        [] => compare(false),
        ["--answers"] => compare(true),
        _ => Err("usage: glowband-compare [--answers]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// With `in_full`, what each said to each case, in its own words.
fn compare(in_full: bool) -> Result<(), String> {
    let (rows, without) = cases::read();
    let all: Vec<&Compared> = rows.iter().flat_map(|row| &row.cases).collect();
    let (answers, wrong): (Vec<_>, Vec<_>) = all.iter().map(|case| glowband::answer(case)).unzip();
    let mut columns = vec![Column { name: "Glowband", answers }];
    let mut asked = Vec::new();
    for peer in &peers::ALL {
        let (version, answers) = conversation::with(peer, &all)?;
        columns.push(Column { name: peer.name, answers });
        asked.push((peer, version));
    }
    if in_full {
        show_answers(&columns, &rows);
    }
    print!("{}", document::short(&columns, &rows));
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    if !wrong.is_empty() {
        return Err(format!("Glowband's column is not as the vectors have it:\n{}", wrong.join("\n")));
    }
    keep(&document::write(&asked, &columns, &rows, &without))
}

fn keep(document: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    if fs::read_to_string(&path).is_ok_and(|old| old == document) {
        return Ok(());
    }
    fs::write(&path, document).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Err(format!(
        "tests/compare/{DOCUMENT} was not what came out; it is written anew: read the difference, then keep it"
    ))
}

fn show_answers(columns: &[Column], rows: &[Row]) {
    for (at, case) in rows.iter().flat_map(|row| &row.cases).enumerate() {
        for column in columns {
            println!("{}\t{}\t{}\t{:?}", case.name(), case.vector.expected.name, column.name, column.answers[at]);
        }
    }
}
