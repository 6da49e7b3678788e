//! Project Wycheproof for prepared keys, in every shape of table, beside the key that is not prepared.

use glowband_core::{Es256Key, PreparedEs256Key, PreparedTable, SignatureCheck, TableEntry, TableShape};
use wycheproof::{TestResult, ecdsa};

fn memory(shape: TableShape) -> Vec<TableEntry> {
    vec![[0; 64]; shape.entries()]
}

/// ECDSA over P-256 with SHA-256, signatures as r ‖ s: all cases run in all shapes, none is skipped.
#[test]
fn ecdsa_p256_sha256_p1363() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).expect("the set");
    let mut generators: Vec<_> = TableShape::ALL.iter().map(|shape| memory(*shape)).collect();
    let generators: Vec<_> = TableShape::ALL
        .iter()
        .zip(&mut generators)
        .map(|(shape, memory)| PreparedTable::generator(*shape, memory).expect("a table"))
        .collect();
    let (mut valid, mut invalid) = (0, 0);
    for group in set.test_groups {
        let point: &[u8] = group.key.key.as_ref();
        let unprepared = Es256Key::from_sec1(point).expect("a point");
        let mut tables: Vec<_> = TableShape::ALL.iter().map(|shape| memory(*shape)).collect();
        let prepared: Vec<_> = generators
            .iter()
            .zip(&mut tables)
            .map(|(generator, memory)| {
                let table = PreparedTable::build(generator.shape(), point, memory).expect("a table");
                PreparedEs256Key::new(table, *generator).expect("the generator's table")
            })
            .collect();
        for test in group.tests {
            let name = format!("{}: {}", test.tc_id, test.comment);
            match test.result {
                TestResult::Valid => valid += 1,
                TestResult::Invalid => invalid += 1,
                TestResult::Acceptable => panic!("{name}: the set has no such cases"),
            }
            let genuine = test.result == TestResult::Valid;
            assert_eq!(unprepared.check(&test.msg, &test.sig).is_ok(), genuine, "{name}");
            for (key, shape) in prepared.iter().zip(TableShape::ALL) {
                assert_eq!(key.check(&test.msg, &test.sig).is_ok(), genuine, "{shape:?} {name}");
            }
        }
    }
    println!("ECDSA P-256 SHA-256: {valid} valid, {invalid} invalid, 0 skipped, {} shapes", TableShape::ALL.len());
    assert_eq!(valid + invalid, set.number_of_tests);
    assert!(valid > 100 && invalid > 50, "{valid} valid, {invalid} invalid");
}
