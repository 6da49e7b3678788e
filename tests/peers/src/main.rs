//! The vectors of `tests/vectors` through other libraries: which refuse what, as a table in Markdown.
//!
//! `glowband-peers PYTHON NODE FILE`, started by `cargo checks compare` at the time of the vectors (faketime), as most
//! libraries go by the clock of the machine.

mod case;
mod other_languages;
mod rust_libraries;
mod table;

use std::process::ExitCode;

/// What one library said of all cases.
struct Column {
    name: String,
    accepted: Vec<bool>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [python, node, file] = words.as_slice() else {
        eprintln!("usage: glowband-peers PYTHON NODE FILE");
        return ExitCode::from(2);
    };
    match compared(python, node).and_then(|text| std::fs::write(file, text).map_err(|error| format!("{file}: {error}")))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compared(python: &str, node: &str) -> Result<String, String> {
    let cases = case::all();
    let mut columns = Vec::new();
    for library in rust_libraries::ALL {
        let accepted = cases.iter().map(|case| (library.judge)(case).is_ok()).collect();
        columns.push(Column { name: format!("{} {}", library.name, version(library.name)), accepted });
    }
    for (program, script) in [(python, "tests/interop/pyjwt.py"), (node, "tests/interop/jose.mjs")] {
        let (name, accepted) = other_languages::ask(program, script, &cases)?;
        columns.push(Column { name, accepted });
    }
    // Something that accepts nothing was not asked at the right time, or not in the right way.
    if let Some(deaf) = columns.iter().find(|column| {
        let good = cases.iter().zip(&column.accepted).filter(|(case, accepted)| case.good && **accepted).count();
        good < cases.iter().filter(|case| case.good).count() / 2
    }) {
        return Err(format!("{} refuses most good tokens: is the clock that of the vectors?", deaf.name));
    }
    Ok(table::markdown(&cases, &columns))
}

fn version(library: &str) -> String {
    let mut lines = include_str!("../Cargo.lock").lines();
    let name = format!("name = \"{library}\"");
    lines.by_ref().find(|line| *line == name);
    lines.next().and_then(|line| line.strip_prefix("version = ")).unwrap_or("?").trim_matches('"').to_owned()
}
