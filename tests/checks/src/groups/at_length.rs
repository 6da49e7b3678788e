//! What takes minutes: on request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use crate::processor::InstructionSet;
use crate::run::Run;

/// Where the times of crafted signatures are shown.
const CRAFTED: &str = "tests/bench/CRAFTED.md";

/// Ten million signatures, by every arithmetic; prints on its way how far it is.
pub(crate) fn compare(run: &mut Run<'_>) {
    let line = "test --release -p glowband-verify --features internals --test long_compare -- --ignored --nocapture ten_million";
    let mut command = run.workspace.cargo();
    command.args(line.split(' '));
    run.shown(&format!("cargo {line}"), command);
}

/// The times of signatures that were made to be slow: with vectors, then in every table shape with both kinds of limbs.
pub(crate) fn crafted(run: &mut Run<'_>) {
    let mut all = String::new();
    for line in [
        "cargo test --release -p glowband-verify --lib -- --ignored --nocapture es256::tests::crafted_times",
        "cargo test --release -p glowband-p256 -p glowband-p256-narrow --lib -- --ignored --nocapture --test-threads=1 no_signature_is_slow",
    ] {
        let (good, output) = run.command_line_with_output(line, &[]);
        if !good {
            return;
        }
        all.push_str(&output);
    }
    let lacking = InstructionSet::named("AVX-512 IFMA").filter(|set| !set.there());
    let written = table(&all, lacking.map(|set| set.name)).and_then(|(rows, most)| {
        let path = run.workspace.root.join(CRAFTED);
        fs::write(&path, rows).map_err(|error| vec![format!("cannot write {}: {error}", path.display())])?;
        Ok(format!("the slowest takes {most:.2} times as long as a genuine one"))
    });
    run.finding(CRAFTED, written);
}

/// The document, and its largest ratio, from lines `crafted: ARITHMETIC TAB SHAPE TAB RATIO`. Where several keys were
/// tried, the one with the largest ratio counts. An instruction set that the processor lacks is named.
fn table(output: &str, lacking: Option<&str>) -> Result<(String, f64), Vec<String>> {
    let mut ratios = BTreeMap::<&str, Vec<(&str, f64)>>::new();
    let mut most = 0.0_f64;
    for line in output.lines().filter_map(|line| Some(line.split_once("crafted: ")?.1)) {
        let fields: Vec<_> = line.split('\t').collect();
        let [arithmetic, shape, ratio] = fields[..] else { return Err(vec![format!("not a figure: {line}")]) };
        let Ok(ratio) = ratio.parse::<f64>() else { return Err(vec![format!("not a figure: {line}")]) };
        let known = ratios.entry(arithmetic).or_default();
        most = most.max(ratio);
        match known.iter_mut().find(|(name, _)| *name == shape) {
            Some((_, known)) => *known = known.max(ratio),
            None => known.push((shape, ratio)),
        }
    }
    if ratios.is_empty() {
        return Err(vec!["the tests printed no figure".to_owned()]);
    }
    let mut text = String::from(
        "# Crafted signatures, measured\n\nWritten by `cargo checks crafted`; do not edit. How many times as long the \
         slowest signature takes that was made to be slow\n(equal and opposite points, infinity, zero, scalars of one \
         digit or of equal digits) as genuine ones do on average.\nTwo would be too much.\n\n| arithmetic | by shape of the table |\n|---|---|\n",
    );
    for (arithmetic, shapes) in ratios {
        let shapes: Vec<_> = shapes.iter().map(|(shape, ratio)| format!("{shape} {ratio:.2}")).collect();
        let _ = writeln!(text, "| {arithmetic} | {} |", shapes.join(", "));
    }
    if let Some(set) = lacking {
        let _ = writeln!(text, "\nNot tried: {set}, which the processor of this run lacks.");
    }
    Ok((text, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_key_of_a_shape_counts() {
        let output = "crafted: a\tWindows4\t1.1\nother\ntest crafted: a\tWindows4\t1.5\ncrafted: b\tComb2\t1\n";
        let (text, most) = table(output, None).unwrap();
        assert!((most - 1.5).abs() < 1e-9);
        assert!(text.ends_with("| a | Windows4 1.50 |\n| b | Comb2 1.00 |\n"), "{text}");
        assert!(table("nothing", None).is_err() && table("crafted: a\tb\tc", None).is_err());
        let (text, _) = table(output, Some("X")).unwrap();
        assert!(
            text.ends_with("| b | Comb2 1.00 |\n\nNot tried: X, which the processor of this run lacks.\n"),
            "{text}"
        );
    }
}
