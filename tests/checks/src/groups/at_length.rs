//! What takes minutes, and prints on its way what one wants to see: on request.

use crate::run::Run;

/// Ten million signatures, by every arithmetic.
pub(crate) fn compare(run: &mut Run<'_>) {
    shown(run, "test --release -p glowband-verify --test long_compare -- --ignored --nocapture ten_million");
}

/// The times of signatures that were made to be slow: with vectors, then in every table shape with both kinds of limbs.
pub(crate) fn crafted(run: &mut Run<'_>) {
    shown(run, "test --release -p glowband-verify --lib -- --ignored --nocapture es256::crafted_times");
    shown(
        run,
        "test --release -p glowband-core --all-features --lib -- --ignored --nocapture --test-threads=1 no_signature_is_slow",
    );
}

fn shown(run: &mut Run<'_>, line: &str) {
    let mut command = run.workspace.cargo();
    command.args(line.split(' '));
    run.shown(&format!("cargo {line}"), command);
}
