//! `refusals.tsv` and the core's own table are the same.

use glowband_core::Refusal;
use glowband_tests::refusal_table::{Row, parse};
use std::collections::BTreeSet;

fn frozen() -> Vec<Row> {
    parse(&super::text("refusals.tsv")).expect("a table")
}

#[test]
fn the_core_says_what_the_table_says() {
    let own: Vec<Row> = Refusal::ALL
        .iter()
        .map(|refusal| Row {
            number: refusal.code(),
            name: refusal.name().to_owned(),
            class: refusal.class().name().to_owned(),
            sentence: refusal.sentence().to_owned(),
        })
        .collect();
    let frozen = frozen();
    for row in &own {
        assert!(frozen.contains(row), "refusals.tsv has no {row:?}");
    }
    for row in &frozen {
        assert!(own.contains(row), "core has no {row:?}");
    }
    assert_eq!(own.len(), frozen.len());
}

#[test]
fn no_number_and_no_name_is_used_twice() {
    let frozen = frozen();
    let numbers: BTreeSet<u8> = frozen.iter().map(|row| row.number).collect();
    let names: BTreeSet<&str> = frozen.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((numbers.len(), names.len()), (frozen.len(), frozen.len()));
    assert!(!numbers.contains(&0), "0 says accepted");
    assert!(frozen.is_sorted_by_key(|row| row.number), "new numbers go to the end");
}

#[test]
fn a_number_leads_back_to_its_refusal() {
    for code in 0..=u8::MAX {
        let found = Refusal::from_code(code).map(Refusal::code);
        let listed = frozen().iter().any(|row| row.number == code);
        assert_eq!(found, listed.then_some(code));
    }
}
