//! What a verification costs on the chip: what was reached, what is to be reached, what it was before.

use std::fs;
use std::path::Path;

use crate::run::Run;

/// `name TAB number`, one line each.
const COMMITTED: &str = "firmware-example/expected/figures.tsv";

/// Where the same figures stand for people, between [`BEGIN`] and [`END`].
const README: &str = "firmware-example/README.md";
const BEGIN: &str = "<!-- expected/figures.tsv: written by GLOWBAND_FIRMWARE_WRITE=1 cargo checks firmware -->\n";
const END: &str = "<!-- end of figures -->\n";

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
    Goal { name: "umaal: es256 signature: instructions", over: None, at_most: 350_000 },
];

/// P-256 elsewhere: verification of one signature on a Cortex-M4, instructions, flash and stack in bytes.
const ELSEWHERE: &[(&str, [&str; 3])] = &[
    ("RustCrypto p256 0.14, opt-level 3", ["6.0 million", "37.9 KB", "7.5 KB"]),
    ("RustCrypto p256 0.14, opt-level s", ["7.3 million", "23.6 KB", "5.8 KB"]),
    ("RustCrypto p256 0.14, opt-level z", ["10.7 million", "19.8 KB", "5.8 KB"]),
    ("RustCrypto p256 0.13, opt-level s", ["11.3 million", "17.0 KB", "4.2 KB"]),
    ("hand-written M4 assembly (p256-cm4)", ["0.69 million", "6.4 to 7.2 KB", "2.1 to 2.3 KB"]),
    ("micro-ecc, best settings", ["4.0 million", "6.1 KB", "0.9 KB"]),
    ("p256-m", ["16 million", "3.6 KB", "0.7 KB"]),
    ("Mbed TLS 3.6", ["26 million", "18.8 KB", "1.1 KB, heap 16 KB"]),
];

#[derive(Debug, Default)]
pub(super) struct Figures(Vec<(String, u64)>);

impl Figures {
    pub(super) fn note(&mut self, name: &str, number: u64) {
        self.0.push((name.to_owned(), number));
    }

    /// Reads `path NAME` before `instructions NUMBER`, and `stack NAME NUMBER`, of paths that begin with `wanted`; puts
    /// `label` before their names.
    pub(super) fn read(&mut self, output: &str, wanted: &str, label: &str) {
        let mut path = "";
        for line in output.lines() {
            if let Some(name) = line.strip_prefix("path ") {
                path = name;
            } else if let Some(number) = line.strip_prefix("instructions ").and_then(|number| number.parse().ok()) {
                if path.starts_with(wanted) {
                    self.note(&format!("{label}{path}: instructions"), number);
                }
            } else if let Some((name, number)) = line.strip_prefix("stack ").and_then(|rest| rest.rsplit_once(' '))
                && let (true, Ok(number)) = (name.starts_with(wanted), number.parse())
            {
                self.note(&format!("{label}{name}: stack"), number);
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

    /// The same for people: what was reached, beside its goal.
    fn table(&self) -> String {
        let mut table = String::from("| figure | reached | goal | |\n|---|---:|---:|---|\n");
        for (name, number) in &self.0 {
            let (reached, goal, verdict) = match goal(name) {
                Some(goal) => {
                    let over = goal.over.and_then(|over| self.get(over));
                    let reached = number.saturating_sub(over.unwrap_or(0));
                    let note = if over.is_some() { " more" } else { "" };
                    let verdict = if reached <= goal.at_most { "" } else { "missed" };
                    (format!("{}{note}", spaced(reached)), format!("{}{note}", spaced(goal.at_most)), verdict)
                }
                None => (spaced(*number), String::new(), ""),
            };
            table += &format!("| {name} | {reached} | {goal} | {verdict} |\n");
        }
        table += "\n| another P-256, one signature | instructions | flash | stack |\n|---|---|---|---|\n";
        for (name, [instructions, flash, stack]) in ELSEWHERE {
            table += &format!("| {name} | {instructions} | {flash} | {stack} |\n");
        }
        table
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

fn goal(name: &str) -> Option<&'static Goal> {
    GOALS.iter().find(|goal| goal.name == name)
}

/// `1966810` as `1 966 810`.
fn spaced(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

/// The README with another table in it.
fn with_table(readme: &str, table: &str) -> Option<String> {
    let (front, rest) = readme.split_once(BEGIN)?;
    let (_, behind) = rest.split_once(END)?;
    Some(format!("{front}{BEGIN}{table}{END}{behind}"))
}

/// Prints the table, and compares it with the committed one unless another compiler made it.
pub(super) fn report(run: &mut Run<'_>, reached: &Figures, compared: bool) {
    reached.table().lines().for_each(|line| run.console.remark(line));
    let (tsv, readme) = (run.workspace.root.join(COMMITTED), run.workspace.root.join(README));
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| vec![format!("{}: {error}", path.display())]);
    if std::env::var_os("GLOWBAND_FIRMWARE_WRITE").is_some() {
        let write = |path: &Path, text: &str| fs::write(path, text).map_err(|error| vec![error.to_string()]);
        let written = read(&readme).and_then(|text| {
            let text =
                with_table(&text, &reached.table()).ok_or_else(|| vec![format!("{README} has no place for them")])?;
            write(&readme, &text)?;
            write(&tsv, &reached.text())
        });
        run.finding("the figures are written", written.map(|()| format!("{COMMITTED}, {README}")));
    }
    let committed = read(&tsv).map(|text| Figures::parse(&text));
    let told = committed.as_ref().map_err(Clone::clone).and_then(|committed| {
        let text = read(&readme)?;
        let same = with_table(&text, &committed.table()).is_some_and(|wanted| wanted == text);
        if same { Ok(String::new()) } else { Err(vec![format!("{README} has other figures than {COMMITTED}")]) }
    });
    run.finding("the README has these figures", told);
    if !compared {
        run.console.remark("not compared with what it was: another compiler");
        return;
    }
    let bad = committed.map(|committed| reached.worse_than(&committed));
    let found = bad.and_then(|bad| if bad.is_empty() { Ok(String::new()) } else { Err(bad) });
    run.finding(&format!("no figure grew by more than {SLACK} % of {COMMITTED}"), found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_the_images_say() {
        let mut figures = Figures::default();
        figures.read(
            "path nothing\ninstructions 0\npath es256 token\ninstructions 7\nstack es256 token 9\nx\n",
            "es256",
            "x ",
        );
        assert_eq!(figures.text(), "x es256 token: instructions\t7\nx es256 token: stack\t9\n");
    }

    #[test]
    fn the_table_takes_its_place_and_leaves_the_rest() {
        let table = Figures::parse("hs256 token: stack\t1230\nx\t1234567\n").table();
        assert!(
            table.contains("| hs256 token: stack | 1 230 | 1 229 | missed |\n| x | 1 234 567 |  |  |\n"),
            "{table}"
        );
        let readme = format!("a\n{BEGIN}old\n{END}b\n");
        assert_eq!(with_table(&readme, "new\n"), Some(format!("a\n{BEGIN}new\n{END}b\n")));
        assert_eq!(with_table("a\nb\n", "new\n"), None);
    }

    #[test]
    fn growth_and_gaps_are_found() {
        let committed = Figures::parse("a\t100\nb\t100\nc\t0\n");
        assert!(Figures::parse("a\t102\nb\t50\nc\t0\n").worse_than(&committed).is_empty());
        let bad = Figures::parse("a\t103\nc\t1\nd\t1\n").worse_than(&committed);
        assert_eq!(bad.len(), 4, "{bad:?}");
    }
}
