//! Speed beside other libraries: `cargo checks bench`. Prints the report, and writes it where it is shown.
//!
//! A process measures one provider of jsonwebtoken, as that library has one provider a process.

mod chart;
mod documents;
mod figures;
mod goals;
mod peers;
mod report;
mod rounds;
mod tables;

use figures::Figures;
use glowband_bench::{machine, tokens};
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, rust_crypto};
use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};
use std::env;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// The first one is measured beside everything, the second beside what it takes to know which is faster.
const PROVIDERS: [(&str, &CryptoProvider); 2] =
    [("aws_lc_rs", &aws_lc::DEFAULT_PROVIDER), ("rust_crypto", &rust_crypto::DEFAULT_PROVIDER)];

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => measure_and_report(None),
        ["--write", root] => measure_and_report(Some(Path::new(root))),
        ["--beside", name] if PROVIDERS.iter().any(|(own, _)| *own == name) => {
            measure(name);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: glowband-bench [--write ROOT_OF_THE_PROJECT]");
            ExitCode::from(2)
        }
    }
}

/// Runs this program once for each provider, prints the report, writes it where that is wanted, and fails where a goal
/// is missed for no known reason.
fn measure_and_report(root: Option<&Path>) -> ExitCode {
    let before = machine::load();
    let runs = PROVIDERS.map(|(name, _)| {
        eprintln!("measuring beside jsonwebtoken with {name} …");
        let own = env::current_exe().expect("this program has a path");
        let output = Command::new(own).args(["--beside", name]).stderr(Stdio::inherit()).output();
        let output = output.expect("this program starts again");
        assert!(output.status.success(), "it ended with {}", output.status);
        Figures::parse(&String::from_utf8(output.stdout).expect("figures are text"))
    });
    let machine = machine::describe(&documents::ALL);
    let machine = format!("{machine}; load {before:.1} before and {:.1} after.", machine::load());
    let report = report::markdown(&runs, &machine);
    println!("{report}");
    if let Some(root) = root {
        documents::write(root, documents::REPORT, &report);
        documents::write(root, documents::CHART, &chart::svg(&runs));
        documents::write_part(root, documents::README, &report::short(&goals::overview(), &runs, &machine));
        let prepared = report::short(&goals::prepared_keys(), &runs, &machine);
        documents::write_part(root, documents::VERIFIER_README, &prepared);
    }
    let unexplained = |goal: &goals::Goal| goal.is_missed(goal.path.pair(&runs)) && goal.why_missed.is_empty();
    if goals::all().iter().any(unexplained) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints a line for each figure.
fn measure(name: &str) {
    let (_, provider) = PROVIDERS.iter().find(|(own, _)| *own == name).expect("the name was looked at");
    provider.install_default().expect("no provider was installed before");
    stay_on_this_core();
    let pair = tokens::es256_pair();
    let beside_everything = name == PROVIDERS[0].0;
    tables::complete::measure(&pair, name, beside_everything);
    tables::cache::measure(&pair, name);
    tables::hs256_batch::measure(name);
    if beside_everything {
        tables::many_keys::measure(&pair, name);
        tables::alone::measure(&pair);
    }
}

/// Caches and clock are then those of one core throughout.
fn stay_on_this_core() {
    let mut core = CpuSet::new();
    core.set(sched_getcpu());
    if let Err(error) = sched_setaffinity(None, &core) {
        eprintln!("not kept on one core: {error}");
    }
}
