//! What a verification costs on the chip: what was reached, what is to be reached, what it was before.

use std::fs;

use crate::run::Run;

/// `name TAB number`, one line each.
const COMMITTED: &str = "firmware-example/expected/figures.tsv";

/// How much more than the committed figure is too much, in percent.
const SLACK: u64 = 2;

/// Goals, where there is one; `over` names the figure that is taken off first.
struct Goal {
    name: &'static str,
    over: Option<&'static str>,
    at_most: u64,
}

const GOALS: &[Goal] = &[
    Goal { name: "hs256 signature: instructions", over: None, at_most: 21_000 },
    Goal { name: "hs256 token: instructions", over: Some("hs256 signature: instructions"), at_most: 15_000 },
    Goal { name: "hs256 token: stack", over: None, at_most: 1229 },
    Goal { name: "hs256 token: stack bound", over: None, at_most: 1229 },
    Goal { name: "hs256: flash", over: None, at_most: 8192 },
    Goal { name: "hs256: static RAM", over: None, at_most: 0 },
    Goal { name: "es256 signature: instructions", over: None, at_most: 650_000 },
    Goal { name: "es256 token: instructions", over: Some("es256 signature: instructions"), at_most: 15_000 },
    Goal { name: "es256 token: stack", over: None, at_most: 2458 },
    Goal { name: "es256 token: stack bound", over: None, at_most: 2458 },
    Goal { name: "hs256 and es256: flash", over: None, at_most: 18_432 },
];

/// P-256 elsewhere: verification of one signature on a Cortex-M4, instructions, flash and stack in bytes.
const ELSEWHERE: &[(&str, &str)] = &[
    ("RustCrypto p256 0.14, opt-level 3", "6.0 M instructions, 37.9 KB, 7.5 KB"),
    ("RustCrypto p256 0.14, opt-level s", "7.3 M instructions, 23.6 KB, 5.8 KB"),
    ("hand-written M4 assembly (p256-cm4)", "0.69 M instructions, 6.4 to 7.2 KB, 2.1 to 2.3 KB"),
    ("micro-ecc, best settings", "4.0 M instructions, 6.1 KB, 0.9 KB"),
    ("p256-m", "16 M instructions, 3.6 KB, 0.7 KB"),
    ("Mbed TLS 3.6", "26 M instructions, 18.8 KB, 1.1 KB and 16 KB of heap"),
];

#[derive(Debug, Default)]
pub(super) struct Figures(Vec<(String, u64)>);

impl Figures {
    pub(super) fn note(&mut self, name: &str, number: u64) {
        self.0.push((name.to_owned(), number));
    }

    /// Reads `path NAME` before `instructions NUMBER`, and `stack NAME NUMBER`, of paths that begin with `wanted`.
    pub(super) fn read(&mut self, output: &str, wanted: &str) {
        let mut path = "";
        for line in output.lines() {
            if let Some(name) = line.strip_prefix("path ") {
                path = name;
            } else if let Some(number) = line.strip_prefix("instructions ").and_then(|number| number.parse().ok()) {
                if path.starts_with(wanted) {
                    self.note(&format!("{path}: instructions"), number);
                }
            } else if let Some((name, number)) = line.strip_prefix("stack ").and_then(|rest| rest.rsplit_once(' '))
                && let (true, Ok(number)) = (name.starts_with(wanted), number.parse())
            {
                self.note(&format!("{name}: stack"), number);
            }
        }
    }

    fn get(&self, name: &str) -> Option<u64> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, number)| *number)
    }

    fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let (name, number) = line.split_once('\t')?;
            Some((name.to_owned(), number.parse().ok()?))
        };
        Self(text.lines().filter_map(line).collect())
    }

    fn text(&self) -> String {
        self.0.iter().map(|(name, number)| format!("{name}\t{number}\n")).collect()
    }

    /// Each figure that is more than it was, or is not there any more.
    fn worse_than(&self, committed: &Self) -> Vec<String> {
        let mut bad = Vec::new();
        for (name, was) in &committed.0 {
            match self.get(name) {
                None => bad.push(format!("{name}: not measured; {COMMITTED} has it")),
                Some(is) if is * 100 > was * (100 + SLACK) => bad.push(format!("{name}: {is}, it was {was}")),
                Some(_) => {}
            }
        }
        for (name, _) in self.0.iter().filter(|(name, _)| committed.get(name).is_none()) {
            bad.push(format!("{name}: not in {COMMITTED}"));
        }
        bad
    }
}

/// Prints the table, and compares it with the committed one unless another compiler made it.
pub(super) fn judge(run: &mut Run<'_>, reached: &Figures, compared: bool) {
    for (name, number) in &reached.0 {
        let goal = GOALS.iter().find(|goal| goal.name == name);
        let words = goal.map(|goal| {
            let base = goal.over.and_then(|over| reached.get(over)).unwrap_or(0);
            let (over, own) = (number.saturating_sub(base), goal.over.map_or("", |_| "over it "));
            let verdict = if over <= goal.at_most { "reached" } else { "not reached" };
            format!("goal {own}{}: {verdict}", goal.at_most)
        });
        run.console.remark(&format!("{name:34} {number:>9}   {}", words.unwrap_or_default()));
    }
    for (name, cost) in ELSEWHERE {
        run.console.remark(&format!("elsewhere: {name}: {cost}"));
    }
    let path = run.workspace.root.join(COMMITTED);
    if std::env::var_os("GLOWBAND_FIRMWARE_WRITE").is_some() {
        let written = fs::write(&path, reached.text()).map_err(|error| vec![error.to_string()]);
        run.finding("the figures are written", written.map(|()| COMMITTED.to_owned()));
    }
    if !compared {
        run.console.remark("not compared with what it was: another compiler");
        return;
    }
    let committed = fs::read_to_string(&path).map_err(|error| vec![format!("{COMMITTED}: {error}")]);
    let bad = committed.map(|text| reached.worse_than(&Figures::parse(&text)));
    let found = bad.and_then(|bad| if bad.is_empty() { Ok(String::new()) } else { Err(bad) });
    run.finding(&format!("no figure grew by more than {SLACK} % of {COMMITTED}"), found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_the_images_say() {
        let mut figures = Figures::default();
        figures
            .read("path nothing\ninstructions 0\npath es256 token\ninstructions 7\nstack es256 token 9\nx\n", "es256");
        assert_eq!(figures.text(), "es256 token: instructions\t7\nes256 token: stack\t9\n");
    }

    #[test]
    fn growth_and_gaps_are_found() {
        let committed = Figures::parse("a\t100\nb\t100\nc\t0\n");
        assert!(Figures::parse("a\t102\nb\t50\nc\t0\n").worse_than(&committed).is_empty());
        let bad = Figures::parse("a\t103\nc\t1\nd\t1\n").worse_than(&committed);
        assert_eq!(bad.len(), 4, "{bad:?}");
    }
}
