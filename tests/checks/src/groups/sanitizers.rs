//! Unsafe code with every access to memory watched: the address sanitizer, and Miri where the toolchain has it.
//!
//! The sanitizer's runtime comes with the toolchain; its option is unstable, and `RUSTC_BOOTSTRAP` allows it. It runs
//! vector instructions as they are, which Miri does not; Miri knows rules of Rust that the sanitizer does not see.

use std::process::Command;

use super::fuzz;
use crate::needs::{Missing, answer, answers};
use crate::run::Run;
use crate::step::{Step, Success};

/// The files that `tests/checks/src/layout/files.rs` lets be unsafe in `glowband-verify` stand behind these tests. Those that
/// take minutes have groups of their own.
const TESTS: &[&str] = &["es256::", "hs256::", "--skip", "crafted_times"];

/// What Miri can walk through in minutes: the core's reading of tokens; no curve point is multiplied.
const BY_MIRI: &[&str] = &["base64url::", "compact::", "framing::", "json::", "replay::"];

pub(crate) fn check(run: &mut Run<'_>) {
    let version = answer(run.workspace.program("rustc").arg("-vV")).unwrap_or_default();
    let Some(host) = version.lines().find_map(|line| line.strip_prefix("host: ")) else {
        run.finding("the compiler", Err(vec!["rustc does not answer".to_owned()]));
        return;
    };
    let mut command = run.workspace.cargo();
    // A target that is named keeps the sanitizer out of build scripts.
    command.args(["test", "--package", "glowband-verify", "--all-features", "--lib", "--target", host, "--"]);
    command.args(TESTS).env("RUSTFLAGS", "-Zsanitizer=address").env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_TARGET_DIR", run.workspace.target("addresses"));
    run.step(Step::new("tests of glowband-verify's vector code, address sanitizer", command).success(Success::Tests));
    fuzz::watched(run);
    run.console
        .remark("firmware-example/p256-umaal: its assembly runs on no host; `cargo checks firmware` emulates it");
    by_miri(run);
}

fn by_miri(run: &mut Run<'_>) {
    let of_toolchain = |run: &Run<'_>| run.workspace.cargo();
    let of_nightly = |run: &Run<'_>| {
        let mut command = run.workspace.program("rustup");
        command.args(["run", "nightly", "cargo"]);
        command
    };
    let ways: [&dyn Fn(&Run<'_>) -> Command; 2] = [&of_toolchain, &of_nightly];
    let Some(cargo) = ways.iter().find(|cargo| answers(cargo(run).args(["miri", "--version"]))) else {
        run.skip(&Missing::Beyond(
            "no Miri in the toolchains that are here, so that the address sanitizer alone has looked; \
             with a network: rustup +nightly component add miri rust-src"
                .to_owned(),
        ));
        return;
    };
    let mut command = cargo(run);
    command.args(["miri", "test", "--package", "glowband-core", "--all-features", "--lib", "--"]).args(BY_MIRI);
    command.env("CARGO_TARGET_DIR", run.workspace.target("miri"));
    run.step(Step::new("glowband-core's reading, by Miri", command).success(Success::Tests));
}
