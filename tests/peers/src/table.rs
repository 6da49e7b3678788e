//! The table: a row for each class of threats, a column for each library.

use crate::Column;
use crate::case::Case;
use std::fmt::Write as _;

const HEAD: &str = "# What other libraries say of the same tokens

Written by `cargo checks compare`; do not edit. Every vector of `tests/vectors/threats.json` that any library can judge: one
HS256 or ES256 key, issuer and audience expected, no leeway, at the time of the vectors. Each library is told the key's
algorithm and asked to be as strict as it can (`tests/peers/src`, `tests/interop`). jwt-compact leaves `iss` and `aud` to
its caller, who checks them here. A cell says how many tokens that the vectors call bad were accepted; the last row, how
many good ones were refused. Not every acceptance is a fault of a library: some rules, such as one spelling of base64url or
no duplicate member, are stricter here than a library promises to be, and some checks are left to callers on purpose.

";

pub(crate) fn markdown(cases: &[Case], columns: &[Column]) -> String {
    let mut text = HEAD.to_owned();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let _ = writeln!(text, "| class | bad tokens | {} |", names.join(" | "));
    let _ = writeln!(text, "|---|---|{}", "---|".repeat(columns.len()));
    let mut threats: Vec<&str> = Vec::new();
    for case in cases.iter().filter(|case| !case.good) {
        if !threats.contains(&case.threat.as_str()) {
            threats.push(&case.threat);
        }
    }
    for threat in &threats {
        let of_class = |case: &&Case| case.threat == **threat && !case.good;
        let cells: Vec<String> = columns.iter().map(|column| cell(accepted(cases, column, &of_class))).collect();
        let count = cases.iter().filter(of_class).count();
        let _ = writeln!(text, "| {} | {count} | {} |", escaped(threat), cells.join(" | "));
    }
    let bad = |case: &&Case| !case.good;
    let sums: Vec<String> = columns.iter().map(|column| accepted(cases, column, &bad).to_string()).collect();
    let _ = writeln!(text, "| bad tokens accepted | {} | {} |", cases.iter().filter(bad).count(), sums.join(" | "));
    let good = cases.iter().filter(|case| case.good).count();
    let refused = |column: &Column| (good - accepted(cases, column, &|case| case.good)).to_string();
    let cells: Vec<String> = columns.iter().map(refused).collect();
    let _ = writeln!(text, "| good tokens refused | of {good} | {} |", cells.join(" | "));
    text
}

fn accepted(cases: &[Case], column: &Column, counts: &dyn Fn(&&Case) -> bool) -> usize {
    cases.iter().zip(&column.accepted).filter(|(case, accepted)| **accepted && counts(case)).count()
}

fn cell(count: usize) -> String {
    if count == 0 { "–".to_owned() } else { count.to_string() }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
