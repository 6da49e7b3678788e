//! What is written by a generator, beside what it would write now.

use crate::run::Run;
use crate::step::Step;

pub(crate) fn check(run: &mut Run<'_>) {
    // Built as the tests are, and not by `cargo run`, which would compile every dependency again for the features of one package.
    if !run.command_line("cargo build --workspace --all-features --bin generate") {
        return;
    }
    let mut generator = run.workspace.program(run.workspace.target("debug").join("generate"));
    generator.arg("--check");
    run.step(Step::new("generate --check", generator));
}
