//! Speed beside other libraries: `cargo checks bench`. Prints the report, and writes it and its chart beside this crate.
//!
//! A process measures one provider of jsonwebtoken, as that library has one provider a process.

mod chart;
mod figures;
mod goals;
mod machine;
mod peers;
mod report;
mod rounds;
mod tables;

use figures::Figures;
use glowband_bench::tokens;
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, rust_crypto};
use machine::Machine;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

/// The first one is measured beside everything, the second beside what it takes to know which is faster.
const PROVIDERS: [(&str, &CryptoProvider); 2] =
    [("aws_lc_rs", &aws_lc::DEFAULT_PROVIDER), ("rust_crypto", &rust_crypto::DEFAULT_PROVIDER)];

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => measure_and_report(None),
        ["--write", folder] => measure_and_report(Some(Path::new(folder))),
        ["--beside", name] if PROVIDERS.iter().any(|(own, _)| *own == name) => {
            measure(name);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: glowband-bench [--write FOLDER]");
            ExitCode::from(2)
        }
    }
}

/// Runs this program once for each provider, prints the report, writes it where that is wanted, and fails where a goal
/// is missed.
fn measure_and_report(folder: Option<&Path>) -> ExitCode {
    let mut machine = Machine::now();
    let runs = PROVIDERS.map(|(name, _)| {
        eprintln!("measuring beside jsonwebtoken with {name} …");
        let own = env::current_exe().expect("this program has a path");
        let output = Command::new(own).args(["--beside", name]).stderr(Stdio::inherit()).output();
        let output = output.expect("this program starts again");
        assert!(output.status.success(), "it ended with {}", output.status);
        Figures::parse(&String::from_utf8(output.stdout).expect("figures are text"))
    });
    machine.finished();
    let report = report::markdown(&runs, &machine);
    println!("{report}");
    if let Some(folder) = folder {
        fs::write(folder.join("RESULTS.md"), &report).expect("the report can be written");
        fs::write(folder.join("speed.svg"), chart::svg(&report::merged(&runs))).expect("the chart can be written");
    }
    let missed = |goal: &goals::Goal| goal.ratio(&runs).is_some_and(|ratio| ratio.by_fastest < goal.least);
    if goals::all().iter().any(missed) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints a line for each figure.
fn measure(name: &str) {
    let (_, provider) = PROVIDERS.iter().find(|(own, _)| *own == name).expect("the name was looked at");
    provider.install_default().expect("no provider was installed before");
    let pair = tokens::es256_pair();
    let beside_everything = name == PROVIDERS[0].0;
    tables::complete::measure(&pair, name, beside_everything);
    tables::cache::measure(&pair, name);
    if beside_everything {
        tables::many_keys::measure(&pair, name);
        tables::alone::measure(&pair);
    }
}
