//! Which lines of the product the corpora reach: a table by target.

use std::fs;
use std::path::Path;

use super::engine;
use super::instruments::{Instruments, build};
use super::lines::{self, Lines, PARTS};
use super::target_list::Target;
use crate::needs::llvm_tools;
use crate::run::Run;
use crate::step::Step;

/// Replays seeds and corpora of the targets, shows what they reach, and gives it; `None` if it could not be seen.
pub(super) fn of(run: &mut Run<'_>, targets: &[Target]) -> Option<Lines> {
    let tools = match llvm_tools::folder(run.workspace) {
        Ok(tools) => tools,
        Err(error) => {
            run.finding("coverage", Err(vec![error]));
            return None;
        }
    };
    let root = run.workspace.root.clone();
    let programs = build(run, &root, Instruments::Lines, &["--example", "replay", "--features", "peers"])?;
    let replay = programs.join("examples/replay");
    let mut total = Lines::new();
    let columns: String =
        PARTS.iter().map(|part| format!(" {:>22}", format!("lines of {}", lines::name(part)))).collect();
    run.console.remark(&format!("{:<18}{columns}", "target"));
    for target in targets {
        match replayed(run, &tools, &replay, target) {
            Ok(lines) => {
                show(run, &target.name, &lines);
                lines::merge(&mut total, lines);
            }
            Err(error) => {
                run.finding(&format!("{}: coverage", target.name), Err(vec![error]));
            }
        }
    }
    show(run, "together", &total);
    Some(total)
}

fn show(run: &Run<'_>, name: &str, lines: &Lines) {
    let cells: String = PARTS.iter().map(|part| format!(" {:>22}", lines::share(lines, part))).collect();
    run.console.remark(&format!("{name:<18}{cells}"));
}

/// What one target's inputs reach.
fn replayed(run: &Run<'_>, tools: &Path, replay: &Path, target: &Target) -> Result<Lines, String> {
    let log = engine::logs(run).join(format!("{}-replay.log", target.name));
    let _ = fs::remove_file(&log);
    let mut play = run.workspace.program(replay);
    play.arg(&target.name).args([target.seeds(), target.corpus()]);
    play.env("LLVM_PROFILE_FILE", lines::profile_of(run, &target.name));
    let outcome = Step::new("replay", play).run(&log);
    if outcome.tally.failed > 0 {
        return Err(format!("replay: {}; all of it: {}", outcome.note, log.display()));
    }
    lines::of_program(run, tools, replay, &target.name)
}
