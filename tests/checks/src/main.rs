//! The one runner of every check: `cargo checks`.
//!
//! People, the continuous integration and release days all call this and nothing else.
//! The groups are one table, in [`groups`]; what a group needs of the system is in [`needs`].

mod arguments;
mod console;
mod elf;
mod groups;
mod layout;
mod needs;
mod processor;
mod run;
mod stack_bound;
mod step;
mod tally;
mod workspace;

use std::process::ExitCode;
use std::time::Instant;

use arguments::{Request, Wishes};
use console::Console;
use workspace::Workspace;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match arguments::parse(&words) {
        Ok(Request::Help) => {
            print!("{}", arguments::help());
            ExitCode::SUCCESS
        }
        Ok(Request::List) => {
            print!("{}", arguments::list());
            ExitCode::SUCCESS
        }
        Ok(Request::Run { groups, wishes }) => check(&groups, &wishes),
        Err(refusal) => {
            eprintln!("{refusal}");
            ExitCode::from(2)
        }
    }
}

fn check(groups: &[&'static groups::Group], wishes: &Wishes) -> ExitCode {
    let workspace = match Workspace::find() {
        Ok(workspace) => workspace,
        Err(reason) => {
            eprintln!("cargo checks: {reason}");
            return ExitCode::from(2);
        }
    };
    if let Err(reason) = processor::check_mask() {
        eprintln!("cargo checks: {reason}");
        return ExitCode::from(2);
    }
    let strict = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let console = Console::detect();
    let mut sum = tally::Tally::default();
    let mut unhappy = Vec::new();
    let mut seconds = Vec::new();
    for group in groups {
        let started = Instant::now();
        let done = run::group(group, &workspace, console, wishes, strict);
        seconds.push((group.name, started.elapsed().as_secs()));
        if done.failed > 0 {
            unhappy.push(group.name);
        }
        sum += done;
    }
    if !unhappy.is_empty() {
        println!();
        println!("Failed: {}. Run one alone with `cargo checks {}`.", unhappy.join(", "), unhappy[0]);
    }
    if seconds.len() > 1 {
        print_seconds(&seconds);
    }
    println!();
    if groups.iter().any(|group| processor::GROUPS.contains(&group.name)) {
        processor::ways(&processor::found()).iter().for_each(|line| println!("{line}"));
    }
    println!("{sum}");
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints how long each group took, setup and compilation included, the slowest first.
fn print_seconds(seconds: &[(&str, u64)]) {
    let mut slowest_first = seconds.to_vec();
    slowest_first.sort_by_key(|(_, seconds)| std::cmp::Reverse(*seconds));
    println!();
    println!("Seconds by group:");
    for (name, seconds) in &slowest_first {
        println!("  {seconds:>6}  {name}");
    }
    println!("  {:>6}  all", seconds.iter().map(|(_, seconds)| seconds).sum::<u64>());
}
