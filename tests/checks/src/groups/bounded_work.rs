//! The instructions that one verification takes, counted by valgrind over inputs that are made to cost much.

use std::fs;
use std::path::Path;

use crate::run::Run;
use crate::step::Step;

/// What one verification may take: so many instructions for each byte, and so many besides.
const PER_BYTE: u64 = 160;
const BESIDES: u64 = 40_000;

/// What a byte may take in objects whose names were searched for to be the worst: hundreds of names that share a tag and a
/// long beginning, each spelled in another way than the next, which a binary search compares with about ten others; and
/// thousands of the shortest names.
const PER_BYTE_OF_NAMES: u64 = 400;
const NAMES: [&str; 2] = [" names with equal tags", " names of two letters"];

pub(crate) fn check(run: &mut Run<'_>) {
    // The product's optimisation: what is counted is machine code.
    if !run.command_line("CARGO_PROFILE_DEV_OPT_LEVEL=3 cargo build -p glowband-bounded-work") {
        return;
    }
    let folder = run.workspace.keep("bounded-work");
    let _ = fs::remove_dir_all(&folder);
    if let Err(error) = fs::create_dir_all(&folder) {
        run.finding("a folder for counts", Err(vec![error.to_string()]));
        return;
    }
    let mut command = run.workspace.program("valgrind");
    command
        .args(["--quiet", "--tool=callgrind"])
        .arg(format!("--callgrind-out-file={}", folder.join("count").display()));
    command.arg(run.workspace.target("debug").join("glowband-bounded-work"));
    if !run.step(Step::new("hostile inputs up to 64 KiB under valgrind; nothing allocates", command)) {
        return;
    }
    let counts = counts(&folder);
    let name = format!(
        "at most {PER_BYTE} instructions for each byte, {PER_BYTE_OF_NAMES} in objects of the worst names, and {BESIDES} besides"
    );
    run.finding(&name, checked(&counts));
    let mut dearest: Vec<&Count> = counts.iter().filter(|count| count.bytes > 10_000).collect();
    dearest.sort_by_key(|count| std::cmp::Reverse(count.instructions * 1000 / count.bytes));
    for Count { name, bytes, instructions } in dearest.into_iter().take(8) {
        let per_byte = *instructions as f64 / *bytes as f64;
        run.console.remark(&format!("{per_byte:>6.1} instructions a byte: {name}, {bytes} bytes"));
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Count {
    name: String,
    bytes: u64,
    instructions: u64,
}

/// Callgrind writes a file for each count.
fn counts(folder: &Path) -> Vec<Count> {
    let files = fs::read_dir(folder).map(|files| files.flatten().collect::<Vec<_>>()).unwrap_or_default();
    files.iter().filter_map(|file| read(&String::from_utf8_lossy(&fs::read(file.path()).ok()?))).collect()
}

fn read(text: &str) -> Option<Count> {
    let name = text.lines().find_map(|line| line.strip_prefix("desc: Trigger: Client Request: "))?;
    let summary = text.lines().find_map(|line| line.strip_prefix("summary: ").or(line.strip_prefix("totals: ")))?;
    let (name, bytes) = name.rsplit_once(": ")?;
    Some(Count { name: name.to_owned(), bytes: bytes.trim().parse().ok()?, instructions: summary.trim().parse().ok()? })
}

fn checked(counts: &[Count]) -> Result<String, Vec<String>> {
    if counts.len() < 400 {
        return Err(vec![format!("only {} counts", counts.len())]);
    }
    let per_byte =
        |count: &Count| if NAMES.iter().any(|names| count.name.contains(names)) { PER_BYTE_OF_NAMES } else { PER_BYTE };
    let over = |count: &&Count| count.instructions > count.bytes * per_byte(count) + BESIDES;
    let bad: Vec<String> = counts
        .iter()
        .filter(over)
        .map(|count| format!("{}: {} instructions for {} bytes", count.name, count.instructions, count.bytes))
        .collect();
    if bad.is_empty() { Ok(format!("{} counts", counts.len())) } else { Err(bad) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_and_checked() {
        let text = "version: 1\ndesc: Trigger: Client Request: dots, in place: 400\nevents: Ir\nsummary: 900\n";
        let count = read(text).expect("a count");
        assert_eq!(count, Count { name: "dots, in place".to_owned(), bytes: 400, instructions: 900 });
        assert!(checked(&[count]).is_err(), "too few of them");
        let many =
            |instructions| (0..500).map(|_| Count { name: String::new(), bytes: 10, instructions }).collect::<Vec<_>>();
        assert!(checked(&many(10)).is_ok());
        assert!(checked(&many(BESIDES + 10 * PER_BYTE + 1)).is_err());
        let names = |instructions| {
            let name = format!("99{}, plain", NAMES[0]);
            (0..500).map(|_| Count { name: name.clone(), bytes: 10, instructions }).collect::<Vec<_>>()
        };
        assert!(checked(&names(BESIDES + 10 * PER_BYTE_OF_NAMES)).is_ok());
        assert!(checked(&names(BESIDES + 10 * PER_BYTE_OF_NAMES + 1)).is_err());
    }
}
