//! The machine, the moment and the code that figures are of.

use std::fs;
use std::process::Command;

/// Extensions of a processor that the figures depend on, as Linux calls them; AMX says which generation it is where the
/// name does not.
const EXTENSIONS: [&str; 4] = ["avx512ifma", "sha_ni", "adx", "amx_tile"];

pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A sentence and a half. Changes to the `documents`, which are from the root of the project, are changes to no code.
pub fn describe(documents: &[&str]) -> String {
    let cores = cores();
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let gibibytes = memory.map_or(0.0, |kibibytes| kibibytes as f64 / f64::from(1 << 20));
    format!(
        "{}, commit {}. {} ({}) with {cores} cores and {gibibytes:.0} GiB; Linux {}",
        said(Command::new("date").args(["--utc", "+%Y-%m-%d %H:%M UTC"])),
        commit(documents),
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        extensions().join(", "),
        said(Command::new("uname").arg("-r")),
    )
}

/// How many programs wanted a core, on average over the last minute.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(f64::NAN)
}

fn extensions() -> Vec<&'static str> {
    let flags = field("/proc/cpuinfo", "flags").unwrap_or_default();
    EXTENSIONS.into_iter().filter(|wanted| flags.split(' ').any(|flag| flag == *wanted)).collect()
}

fn commit(documents: &[&str]) -> String {
    let git = |words: &[&str]| said(Command::new("git").args(words).current_dir(env!("CARGO_MANIFEST_DIR")));
    let changed = git(&["status", "--porcelain", "--untracked-files=no", ":/"]);
    let changes = changed.lines().any(|line| !documents.iter().any(|own| line.ends_with(own)));
    git(&["rev-parse", "--short=12", "HEAD"]) + if changes { " with changes" } else { "" }
}

/// The value of a line `name : value` of a file.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'))?;
    Some(value.trim().to_owned())
}

/// What a command prints.
pub fn said(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
