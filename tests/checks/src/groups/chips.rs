//! The verifier alone on other processors than the door's: linked, run under their emulators, asked for verdicts.

use std::time::Duration;

use crate::needs::bare_compiler::BareCompiler;
use crate::run::Run;
use crate::step::Step;

/// A processor, and an emulated board that has it.
struct Chip {
    target: &'static str,
    words: &'static str,
}

const CHIPS: &[Chip] = &[
    Chip { target: "thumbv6m-none-eabi", words: "qemu-system-arm -M microbit" },
    Chip { target: "thumbv8m.main-none-eabi", words: "qemu-system-arm -M mps2-an505" },
    Chip { target: "riscv32imac-unknown-none-elf", words: "qemu-system-riscv32 -M virt -bios none" },
];

pub(super) fn check(run: &mut Run<'_>, compiler: &BareCompiler) {
    for Chip { target, words } in CHIPS {
        let folder = run.workspace.target("firmware");
        let mut command = compiler.plain_cargo(run.workspace);
        command.args(["build", "--release", "--manifest-path", "firmware-example/Cargo.toml"]);
        command.args(["--package", "door-other-chips", "--target", target]);
        command.args(compiler.words()).env("CARGO_TARGET_DIR", &folder);
        if !run.step(Step::new(format!("a verifier with vectors for {target}"), command)) {
            continue;
        }
        let mut words = words.split(' ');
        let mut qemu = run.workspace.program(words.next().unwrap_or_default());
        qemu.args(words).args(["-display", "none", "-monitor", "none", "-serial", "none"]);
        qemu.args(["-semihosting-config", "enable=on,target=native", "-kernel"]);
        qemu.arg(folder.join(target).join("release/verdicts"));
        let step = Step::new(format!("{target}: the host's verdicts"), qemu).within(Duration::from_secs(120));
        let (_, output) = run.step_with_output(step);
        for counts in output.lines().filter_map(|line| line.strip_prefix("verdicts ")) {
            run.console.remark(&format!("{target}: {counts} vectors with the same number as on the host"));
        }
    }
}
