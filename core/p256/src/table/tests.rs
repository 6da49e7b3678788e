use super::*;
use crate::samples::{Random, sec1};
use p256::ecdsa::VerifyingKey;
use p256::{ProjectivePoint, Scalar};

#[test]
fn every_entry_is_its_multiple() {
    let key = Random(21).signing_key();
    let point = ProjectivePoint::from(*key.verifying_key().as_affine());
    for shape in TableShape::ALL {
        let layout = shape.layout();
        let mut memory = vec![[0; 64]; shape.entries()];
        let table = PreparedTable::build(*shape, &sec1(key.verifying_key()), &mut memory).unwrap();
        assert_eq!((table.shape(), table.key()), (*shape, sec1(key.verifying_key())));
        assert_eq!(table.check(), Ok(()));
        let mut base = Scalar::ONE;
        for part in table.entries().chunks(layout.per_part) {
            // The ends of a part, and where it was doubled.
            for at in (0..layout.per_part).filter(|at| *at < 3 || at.is_power_of_two() || at + 2 > layout.per_part) {
                let multiple = if layout.digits == Digits::Sparse { 2 * at + 1 } else { at + 1 };
                let expected = point * (base * Scalar::from(multiple as u64));
                let expected = VerifyingKey::from_affine(expected.to_affine()).unwrap();
                assert_eq!(load(&part[at]).to_sec1(), sec1(&expected), "{shape:?}");
            }
            (0..layout.spacing).for_each(|_| base = base.double());
        }
    }
}

#[test]
fn memory_of_another_size_is_refused() {
    for shape in TableShape::ALL {
        for length in [0, shape.entries() - 1, shape.entries() + 1] {
            let mut memory = vec![[0; 64]; length];
            let wrong = Some(TableError::Length);
            assert_eq!(PreparedTable::trusted(*shape, &memory).err(), wrong);
            assert_eq!(PreparedTable::build(*shape, &Affine::GENERATOR.to_sec1(), &mut memory).err(), wrong);
            assert_eq!(PreparedTable::generator(*shape, &mut memory).err(), wrong);
        }
    }
}

#[test]
fn a_key_off_the_curve_is_refused() {
    let mut key = Affine::GENERATOR.to_sec1();
    key[64] ^= 1;
    let mut memory = [[0; 64]; TableShape::Comb2.entries()];
    for key in [&key[..], &[], &[0], &[4; 65]] {
        let refused = PreparedTable::build(TableShape::Comb2, key, &mut memory).err();
        assert_eq!(refused, Some(TableError::PointInvalid));
    }
}

#[test]
fn any_other_entry_is_found() {
    for shape in [TableShape::Comb2, TableShape::Comb8, TableShape::Windows4] {
        let mut memory = vec![[0; 64]; shape.entries()];
        PreparedTable::generator(shape, &mut memory).unwrap();
        let good = memory.clone();
        for at in 0..shape.entries() {
            // A changed bit, a point that belongs elsewhere, its opposite, zeros.
            let mut changed = good[at];
            changed[at % 64] ^= 1;
            let point = load(&good[at]);
            let opposite = store(&Affine { x: point.x, y: point.y.negated_if(true) });
            for wrong in [changed, good[(at + 1) % good.len()], opposite, [0; 64], [0xff; 64]] {
                memory[at] = wrong;
                let verdict = PreparedTable::trusted(shape, &memory).unwrap().check();
                assert!(matches!(verdict, Err(TableError::NotMultiples | TableError::PointInvalid)), "{shape:?} {at}");
            }
            memory[at] = good[at];
        }
        assert_eq!(PreparedTable::trusted(shape, &memory).unwrap().check(), Ok(()));
    }
}

#[test]
fn every_error_says_what_is_wrong() {
    use TableError::{Damaged, Format, Length, NotGenerator, NotMultiples, PointInvalid};
    let texts = [
        (Length, "the memory does not have exactly the entries of the table's shape"),
        (PointInvalid, "not a point of P-256"),
        (NotMultiples, "the entries are not the multiples of the table's key"),
        (NotGenerator, "the table does not belong to the generator of the curve"),
        (Format, "not a stored table of a supported version"),
        (Damaged, "the stored table was changed or truncated"),
    ];
    for (error, text) in texts {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn debug_shows_no_material() {
    let memory = [[0; 64]; TableShape::Comb2.entries()];
    let table = PreparedTable::trusted(TableShape::Comb2, &memory).unwrap();
    assert_eq!(format!("{table:?}"), "PreparedTable(Comb2, public)");
}

#[test]
fn sizes_are_those_that_are_documented() {
    let sizes = TableShape::ALL.iter().map(|shape| shape.entries() * 64 / 1024).collect::<Vec<_>>();
    assert_eq!(sizes, [2, 4, 8, 16, 32, 32, 52, 86, 128, 256]);
}
