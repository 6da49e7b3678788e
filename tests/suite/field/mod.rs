//! Tokens and keys of the field, `tests/field`, by every way that verifies tokens: each good one is accepted, each bad
//! one is refused with its frozen number.

mod core_alone;
mod gate;
mod host;
mod names;
mod program;
mod strictness;

use glowband_tests::field_case::FieldCase;
use std::collections::BTreeMap;

/// What one way says of a case: 0, or the number of the refusal; or why it says nothing.
type Said = Result<u64, String>;

/// Fails with every case for which a way gives a wrong verdict.
fn compare(way: &str, said: &[(&FieldCase, Said)], at_least: usize) {
    let wrong: Vec<String> = said
        .iter()
        .filter(|(case, said)| *said != Ok(u64::from(case.number)))
        .map(|(case, said)| {
            let said = said.as_ref().map_or_else(|fault| format!("none ({fault})"), u64::to_string);
            format!("{}: {said} instead of {} {} — {}", case.name, case.number, case.verdict, case.about)
        })
        .collect();
    println!("counted: {way}: {} cases of the field", said.len());
    assert!(said.len() >= at_least, "{way} tried {} cases, {at_least} are expected", said.len());
    assert!(wrong.is_empty(), "{way}: {} of {} are wrong:\n{}", wrong.len(), said.len(), wrong.join("\n"));
}

/// The cases that a way can try.
fn cases(way: &str) -> Vec<FieldCase> {
    FieldCase::all().into_iter().filter(|case| !case.left_out.contains_key(way)).collect()
}

/// Cases that the same verifier can check: the same keys and the same expectations.
fn groups(cases: &[FieldCase]) -> Vec<Vec<&FieldCase>> {
    let mut groups: BTreeMap<String, Vec<&FieldCase>> = BTreeMap::new();
    for case in cases {
        let expected = (&case.keys, &case.iss, &case.aud, &case.typ, case.now, &case.opt_ins);
        groups.entry(format!("{expected:?}")).or_default().push(case);
    }
    groups.into_values().collect()
}

#[test]
fn every_file_of_the_folder_belongs_to_a_case() {
    let mut known: Vec<String> =
        FieldCase::all().iter().flat_map(|case| [case.keys.clone(), case.token.clone()]).collect();
    known.sort();
    known.dedup();
    let folder = glowband_tests::field_case::field_folder();
    let mut found = Vec::new();
    let mut folders = ["reported", "neighbours", "issuers"].map(|part| folder.join(part)).to_vec();
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.ends_with("cases.jsonl") => {}
                false => found.push(path.strip_prefix(&folder).expect("below").to_string_lossy().replace('\\', "/")),
            }
        }
    }
    found.sort();
    assert_eq!(found, known);
}
