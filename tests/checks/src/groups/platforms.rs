//! Other machines: the library crates and the command that only verifies compile for them without a warning, and the vectors get
//! their verdicts on an emulated aarch64.

use crate::needs::Need;
use crate::run::Run;
use crate::step::{Step, Success};

pub(crate) const NEEDS: &[Need] = &[
    Need::RustComponent("clippy"),
    Need::RustTarget(ARM),
    Need::RustTarget(WINDOWS),
    Need::RustTarget(MACS[0]),
    Need::RustTarget(MACS[1]),
    Need::Program { name: "aarch64-linux-gnu-gcc", package: "gcc-aarch64-linux-gnu" },
    Need::File { path: "/usr/aarch64-linux-gnu/include/stdlib.h", package: "libc6-dev-arm64-cross" },
    Need::Program { name: "qemu-aarch64", package: "qemu-user" },
    Need::Program { name: "x86_64-w64-mingw32-gcc", package: "gcc-mingw-w64-x86-64" },
];

const ARM: &str = "aarch64-unknown-linux-gnu";
const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACS: [&str; 2] = ["aarch64-apple-darwin", "x86_64-apple-darwin"];

/// The library crates with all that they offer, and the command that only verifies.
const PORTABLE: &str = "--package glowband-core --package glowband-verify --package glowband-http --package glowband \
    --lib --bins --no-default-features --features glowband-core/hs256,glowband-core/es256,glowband-core/es256-prepared,\
    glowband-core/serde,glowband-verify/remote,glowband-http/actix,glowband-http/axum";

/// The crates without C: a C compiler for macOS is part of macOS alone.
const WITHOUT_C: &str =
    "--package glowband-core --package glowband-p256 --package glowband-sha256 --features glowband-core/es256-prepared";

pub(crate) fn check(run: &mut Run<'_>) {
    for target in [ARM, WINDOWS] {
        run.command_line(&format!("cargo clippy --locked --target {target} {PORTABLE} -- -D warnings"));
    }
    for target in MACS {
        run.command_line(&format!("cargo clippy --locked --target {target} {WITHOUT_C} -- -D warnings"));
    }
    let mut door = run.workspace.cargo();
    door.args(["check", "--locked", "--target", WINDOWS, "--package", "glowband", "--lib"]);
    door.args(["--no-default-features", "--features", "door"]);
    let step = Step::new(format!("cargo check --target {WINDOWS} --features door is refused"), door);
    let (_, said) = run.step_with_output(step.success(Success::Exactly(101)));
    let found = if said.contains("`glowband door` needs a Unix system") { Ok(String::new()) } else { Err(vec![said]) };
    run.finding("the refusal names what needs a Unix system", found);
    let mut vectors = run.workspace.cargo();
    vectors.args(["test", "--locked", "--target", ARM, "--package", "glowband-core-alone", "--", "vectors::"]);
    vectors.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc");
    vectors.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", "qemu-aarch64 -L /usr/aarch64-linux-gnu");
    run.step(Step::new(format!("the vectors on {ARM}, emulated"), vectors).success(Success::Tests));
}
