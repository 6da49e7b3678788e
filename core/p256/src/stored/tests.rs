use super::*;
use crate::samples::{Random, sec1};

fn stored(shape: TableShape) -> Vec<u8> {
    let mut memory = vec![[0; 64]; shape.entries()];
    let table = PreparedTable::build(shape, &sec1(Random(31).signing_key().verifying_key()), &mut memory).unwrap();
    [table.header().as_slice(), table.entries().as_flattened()].concat()
}

#[test]
fn a_table_is_read_where_it_lies() {
    for shape in TableShape::ALL {
        let bytes = stored(*shape);
        let table = PreparedTable::from_bytes(&bytes).unwrap();
        assert_eq!((table.shape(), table.key()), (*shape, sec1(Random(31).signing_key().verifying_key())));
        assert_eq!(table.check(), Ok(()));
        assert_eq!(table.entries().as_ptr().cast(), bytes[128..].as_ptr());
    }
}

#[test]
fn every_changed_bit_and_every_other_length_is_found() {
    let good = stored(TableShape::Comb2);
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verdict = PreparedTable::from_bytes(&bytes).err();
        match bit / 8 {
            0..9 => assert_eq!(verdict, Some(TableError::Format)),
            // Another shape has another length.
            9 => assert!(matches!(verdict, Some(TableError::Format | TableError::Length))),
            _ => assert_eq!(verdict, Some(TableError::Damaged), "{bit}"),
        }
    }
    for length in 0..good.len() {
        let expected = if length < 128 { TableError::Format } else { TableError::Length };
        assert_eq!(PreparedTable::from_bytes(&good[..length]).err(), Some(expected));
    }
    assert_eq!(PreparedTable::from_bytes(&[good.as_slice(), &[0]].concat()).err(), Some(TableError::Length));
}

/// Bytes with a right check value and wrong points.
#[test]
fn entries_are_points() {
    let good = stored(TableShape::Comb2);
    for at in 0..TableShape::Comb2.entries() {
        let mut entries = good[128..].as_chunks().0.to_vec();
        entries[at] = [1; 64];
        let table = PreparedTable::trusted(TableShape::Comb2, &entries).unwrap();
        let bytes = [table.header().as_slice(), table.entries().as_flattened()].concat();
        assert_eq!(PreparedTable::from_bytes(&bytes).err(), Some(TableError::PointInvalid));
        assert!(table.check().is_err());
    }
}

/// The form is for years; the numbers are those of the curve, in Montgomery's form.
#[test]
fn the_form_stays_what_it_is() {
    let mut memory = [[0; 64]; TableShape::Comb2.entries()];
    let table = PreparedTable::generator(TableShape::Comb2, &mut memory).unwrap();
    let header = table.header();
    assert_eq!(header[..16], *b"GLOWP256\x01\x01\0\0\x20\0\0\0");
    assert_eq!(header[16..20], [4, 0x6b, 0x17, 0xd1]);
    assert_eq!(table.entries()[0][..4], [0x3c, 0x14, 0xa9, 0x18]);
}
