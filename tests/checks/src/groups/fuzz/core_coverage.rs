//! Which lines of the core fuzzing and the tests reach together.

use std::fs;
use std::path::PathBuf;

use super::instruments::Instruments;
use super::lines::{self, Lines};
use super::{coverage, engine, target_list};
use crate::needs::llvm_tools;
use crate::run::Run;
use crate::step::{Step, Success};

/// The share of the core's lines that has to be reached, in percent.
const GOAL: f64 = 98.0;

/// Tests of the core: a name, and how cargo runs them.
const TESTS: &[(&str, &[&str])] = &[
    ("unit-tests", &["test", "-p", "glowband-core", "--all-features", "--lib"]),
    ("curve-tests", &["test", "-p", "glowband-p256", "--all-features", "--lib"]),
    ("narrow-curve-tests", &["test", "-p", "glowband-p256-narrow", "--lib"]),
    ("hash-tests", &["test", "-p", "glowband-sha256", "--lib"]),
    ("vectors-and-laws", &["test", "-p", "glowband-core-alone"]),
];

pub(crate) fn of_core(run: &mut Run<'_>) {
    let Some(targets) = target_list::wished(run) else { return };
    let Some(by_fuzzing) = coverage::of(run, &targets) else { return };
    let mut shares = vec![("fuzzing", by_fuzzing.clone())];
    for (name, words) in TESTS {
        let Some(reached) = by_tests(run, name, words) else { return };
        shares.push((name, reached));
    }
    let total = together(&shares);
    for (name, reached) in &shares {
        let known = only_known(reached, &total);
        run.console.remark(&format!("{name:<18} {:>22}", lines::share(&known, "core")));
    }
    lines::show_unreached(run, &total);
    let (reached, all) = lines::counts(&total, "core");
    let summary = format!("{reached} of {all}: {:.1} %", lines::percent(reached, all));
    let good = lines::percent(reached, all) >= GOAL;
    let name = format!("fuzzing and tests reach {GOAL} % of the lines of core");
    run.finding(&name, if good { Ok(summary) } else { Err(vec![summary]) });
}

/// Builds and runs the tests with instruments.
fn by_tests(run: &mut Run<'_>, name: &str, words: &[&str]) -> Option<Lines> {
    let log = engine::logs(run).join(format!("{name}.log"));
    let _ = fs::remove_file(&log);
    let mut command = run.workspace.cargo();
    command.args(words).env("RUSTFLAGS", Instruments::Lines.flags());
    command.env("CARGO_TARGET_DIR", run.workspace.target(Instruments::Lines.folder()));
    command.env("LLVM_PROFILE_FILE", lines::profile_of(run, name));
    let outcome = Step::new(name, command).success(Success::Tests).run(&log);
    let reached = match llvm_tools::folder(run.workspace) {
        Err(error) => Err(error),
        Ok(_) if outcome.tally.failed > 0 => Err(format!("{}; all of it: {}", outcome.note, log.display())),
        Ok(tools) => match program(&outcome.output) {
            Some(program) => lines::of_program(run, &tools, &run.workspace.root.join(program), name),
            None => Err("cargo does not say what it ran".to_owned()),
        },
    };
    match reached {
        Ok(reached) => {
            run.finding(&format!("{name}, with instruments"), Ok(outcome.note));
            Some(reached)
        }
        Err(error) => {
            run.finding(&format!("{name}, with instruments"), Err(vec![error]));
            None
        }
    }
}

/// The program that cargo says it ran: `Running unittests src/lib.rs (target/…)`.
fn program(output: &str) -> Option<PathBuf> {
    let line = output.lines().find(|line| line.trim_start().starts_with("Running "))?;
    let (_, path) = line.rsplit_once('(')?;
    Some(PathBuf::from(path.strip_suffix(')')?))
}

/// The lines of all, without those that only unit tests have: tests are no lines of the core.
fn together(shares: &[(&str, Lines)]) -> Lines {
    let mut total = Lines::new();
    let of_product = shares.iter().filter(|(name, _)| *name != "unit-tests");
    of_product.for_each(|(_, reached)| lines::merge(&mut total, reached.clone()));
    let all = shares.iter().map(|(_, reached)| only_known(reached, &total)).collect::<Vec<_>>();
    all.into_iter().for_each(|reached| lines::merge(&mut total, reached));
    total
}

fn only_known(reached: &Lines, known: &Lines) -> Lines {
    let mut reached = reached.clone();
    for (file, lines) in &mut reached {
        let known = known.get(file);
        lines.retain(|line, _| known.is_some_and(|known| known.contains_key(line)));
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn tests_reach_lines_but_have_none() {
        let lines =
            |lines: &[(u32, bool)]| Lines::from([("core/src/a.rs".to_owned(), lines.iter().copied().collect())]);
        let shares =
            [("fuzzing", lines(&[(1, true), (2, false), (3, false)])), ("unit-tests", lines(&[(2, true), (90, true)]))];
        let expected = BTreeMap::from([(1, true), (2, true), (3, false)]);
        assert_eq!(together(&shares)["core/src/a.rs"], expected);
    }

    #[test]
    fn cargo_says_what_it_runs() {
        let output = "   Compiling a\n     Running unittests src/lib.rs (target/debug/deps/a-1)\n\nrunning 1 test\n";
        assert_eq!(program(output), Some(PathBuf::from("target/debug/deps/a-1")));
        assert_eq!(program("nothing"), None);
    }
}
