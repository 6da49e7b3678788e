//! What verifiers cost on a Cortex-M4: linked, looked through, run with a counter of instructions.

use std::path::Path;
use std::time::Duration;

use super::figures::Figures;
use super::firmware::{bare, command, images};
use crate::elf::{self, Image};
use crate::needs::answer;
use crate::needs::bare_compiler::BareCompiler;
use crate::run::Run;
use crate::stack_bound;
use crate::step::{Step, Success};

const MEASURE: &[&str] = &["--package", "door-measure"];

/// For an emulator that takes seconds, on a machine that has others to serve.
const PATIENCE: Duration = Duration::from_secs(300);

/// A verifier as a device may have it.
struct Device {
    name: &'static str,
    /// Of `door-measure`.
    features: &'static str,
    /// Where the names of its paths begin, and what is put before them here.
    paths: &'static str,
    label: &'static str,
    /// Paths whose stack is bounded, and what their functions are called.
    roots: &'static [(&'static str, &'static str)],
    /// What is run, besides.
    images: &'static [&'static str],
}

const DEVICES: &[Device] = &[
    Device {
        name: "hs256",
        features: "",
        paths: "hs256",
        label: "",
        roots: &[("hs256 token", "paths5hs25617h")],
        images: &["instructions", "stack"],
    },
    Device {
        name: "hs256 and es256",
        features: "es256",
        paths: "es256",
        label: "",
        roots: &[("es256 token", "paths5es25617h"), ("es256 prepare", "Tables7prepare17h")],
        images: &["instructions", "stack"],
    },
    Device {
        name: "hs256 and es256 by umaal",
        features: "es256,umaal",
        paths: "es256",
        label: "umaal: ",
        roots: &[("es256 token", "paths5es25617h")],
        images: &["instructions", "stack", "twins"],
    },
];

/// Builds what is measured, runs it with the counter, reads the images. That the verifiers link at all shows that no panic
/// can be reached in them: it would be a symbol that is nowhere.
pub(super) fn all(run: &mut Run<'_>, compiler: &BareCompiler) -> Option<Figures> {
    let counter = run.workspace.target("firmware").join("count.so");
    let mut gcc = run.workspace.program("gcc");
    gcc.args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&counter);
    gcc.arg("firmware-example/measure/plugin/count.c");
    if !run.step(Step::new("the counter of instructions builds", gcc)) {
        return None;
    }
    let mut reached = Figures::default();
    if let Ok(door) = image(run, "door") {
        reached.note("door image: flash", door.read_only);
        reached.note("door image: static RAM", door.writable);
    }
    for device in DEVICES {
        verifier(run, compiler, device, &mut reached)?;
        let bins: Vec<_> = device.images.iter().flat_map(|image| ["--bin", image]).collect();
        if !bare(run, compiler, "build", &[MEASURE, &bins, &["--features", device.features]].concat()) {
            return None;
        }
        for image in device.images {
            let output = emulated(run, &format!("{}: {image}", device.name), image, &counter)?;
            reached.read(&output, device.paths, device.label);
            for counts in output.lines().filter_map(|line| line.strip_prefix("twins ")) {
                run.console.remark(counts);
            }
        }
    }
    let words = [MEASURE, &["--bin", "verifier", "--features", "no-panic,control"]].concat();
    let control = command(run, compiler, "build", &words);
    run.step(Step::new("a verifier with a panic in it does not link", control).success(Success::Exactly(101)));
    Some(reached)
}

/// Links the verifier, and reads what it takes.
fn verifier(run: &mut Run<'_>, compiler: &BareCompiler, device: &Device, reached: &mut Figures) -> Option<()> {
    let features = format!("no-panic,{}", device.features);
    let words = [MEASURE, &["--bin", "empty", "--bin", "verifier", "--features", &features]].concat();
    let command = command(run, compiler, "build", &words);
    if !run.step(Step::new(format!("{}: the verifier links without any panic", device.name), command)) {
        return None;
    }
    let (empty, verifier) = (image(run, "empty").ok()?, image(run, "verifier").ok()?);
    reached.note(&format!("{}: flash", device.name), verifier.read_only.saturating_sub(empty.read_only));
    run.console.remark(&format!("{}: {}", device.name, parts(&verifier)));
    // The tables of ES256 are memory that the caller chose to give.
    if device.features.is_empty() {
        reached.note(&format!("{}: static RAM", device.name), verifier.writable);
    }
    bounds(run, device, reached);
    Some(())
}

/// Parts of the core, as they stand in mangled names; and what memory is copied with.
const PARTS: &[(&str, &[&str])] = &[
    ("json", &["4json", "..json.."]),
    ("claims and policy", &["6claims", "..claims.."]),
    ("base64url", &["9base64url"]),
    ("sha256 and hmac", &["glowband_sha256", "3alg5hs256"]),
    ("p256", &["glowband_p256", "p256_umaal"]),
    ("the rest of the core", &["13glowband_core"]),
    ("copies", &["mem", "memcpy", "memclr", "memset", "memmove"]),
];

/// Which part of the core takes how much of an image's flash; what is inlined counts where it stands.
fn parts(image: &Image) -> String {
    let mut sums = vec![0; PARTS.len()];
    for (symbol, size) in image.symbols.iter().zip(&image.sizes) {
        let found = PARTS.iter().position(|(_, marks)| marks.iter().any(|mark| symbol.contains(mark)));
        if let Some(sum) = found.and_then(|at| sums.get_mut(at)) {
            *sum += size;
        }
    }
    let parts: Vec<_> = PARTS.iter().zip(sums).map(|((name, _), sum)| format!("{name} {sum}")).collect();
    format!("bytes of flash by part: {}", parts.join(", "))
}

/// What a path can take of the stack, whatever token leads there: beside what paint shows that one has taken.
fn bounds(run: &mut Run<'_>, device: &Device, reached: &mut Figures) {
    let mut objdump = run.workspace.program("arm-none-eabi-objdump");
    objdump.args(["-d", "-s", "-j", ".text", "-j", ".rodata"]).arg(images(run).join("verifier"));
    let listing = answer(&mut objdump).unwrap_or_default();
    for (path, root) in device.roots {
        let path = format!("{}{path}", device.label);
        let bound = stack_bound::of(&listing, root);
        if let Ok(bound) = bound {
            reached.note(&format!("{path}: stack bound"), bound);
        }
        let found = bound.map(|bound| format!("{bound} bytes")).map_err(|reason| vec![reason]);
        run.finding(&format!("{path}: the stack has a bound"), found);
    }
}

/// Runs an image until it ends, with the counter of instructions.
fn emulated(run: &mut Run<'_>, name: &str, image: &str, counter: &Path) -> Option<String> {
    let mut qemu = run.workspace.program("qemu-system-arm");
    qemu.args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-serial", "none"]);
    qemu.args(["-semihosting-config", "enable=on,target=native", "-plugin"]).arg(counter);
    qemu.arg("-kernel").arg(images(run).join(image));
    let (good, output) = run.step_with_output(Step::new(name, qemu).within(PATIENCE));
    good.then_some(output)
}

fn image(run: &Run<'_>, name: &str) -> Result<Image, String> {
    let path = images(run).join(name);
    let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    elf::read(&bytes)
}
