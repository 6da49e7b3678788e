//! Nothing in the tables is without a vector.

use glowband_core::Refusal;
use glowband_tests::vector::{Case, Vector};
use std::collections::{BTreeMap, BTreeSet};

/// Refusals of hosts alone: the core verifies such tokens, because a verifier of DPoP proofs needs that.
const NOT_OF_THE_CORE: &[Refusal] = &[Refusal::BoundToken];

#[test]
fn every_number_of_the_table_is_produced() {
    let produced: BTreeSet<u8> = super::all().iter().map(|vector| vector.expected.number).collect();
    let of_the_core = Refusal::ALL.iter().filter(|refusal| !NOT_OF_THE_CORE.contains(refusal));
    let missing: Vec<_> = of_the_core.filter(|refusal| !produced.contains(&refusal.code())).collect();
    assert!(missing.is_empty(), "no vector produces {missing:?}");
    assert!(produced.contains(&0), "no vector is accepted");
}

#[test]
fn every_class_has_a_vector_or_says_where_its_evidence_is() {
    let classes = super::text("classes.tsv");
    let classes: BTreeMap<&str, (&str, &str)> = classes
        .lines()
        .skip(1)
        .map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [class, known_as, evidence] => (*class, (*known_as, *evidence)),
            _ => panic!("not a row: {line}"),
        })
        .collect();
    let vectors = super::all();
    for vector in &vectors {
        let (known_as, _) = classes[vector.threat.as_str()];
        assert_eq!(vector.known_as, known_as, "{}", vector.name);
    }
    let covered: BTreeSet<&str> = vectors.iter().map(|vector| vector.threat.as_str()).collect();
    for (class, (_, evidence)) in classes {
        assert_eq!(covered.contains(class), evidence == "threats.json", "{class}: {evidence}");
    }
}

#[test]
fn names_are_unique_and_kinds_are_all_used() {
    let vectors = super::all();
    let names: BTreeSet<&str> = vectors.iter().map(|vector| vector.name.as_str()).collect();
    assert_eq!(names.len(), vectors.len());
    let kind = |vector: &Vector| match vector.case {
        Case::Verify(_) => "verify",
        Case::Jws(_) => "jws",
        Case::Claims { .. } => "claims",
        Case::Key { .. } => "key",
        Case::Secret { .. } => "secret",
        Case::Point { .. } => "point",
        Case::Ring { .. } => "ring",
        Case::Replay { .. } => "replay",
        Case::KeyFile { .. } => "key_file",
        Case::Request { .. } => "request",
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for vector in &vectors {
        *counts.entry(kind(vector)).or_default() += 1;
    }
    println!("{} vectors: {counts:?}", vectors.len());
    assert_eq!(counts.len(), 10, "{counts:?}");
    let accepted = vectors.iter().filter(|vector| vector.expected.number == 0).count();
    assert!(accepted >= 100, "only {accepted} are accepted, so a verifier that refuses all would look good");
}

#[test]
fn numbers_and_names_belong_together() {
    for vector in super::all() {
        let name = Refusal::from_code(vector.expected.number).map_or("accepted", Refusal::name);
        assert_eq!(vector.expected.name, name, "{}", vector.name);
    }
}
