//! Names that resemble each other are told apart, and a name that stands twice is found, at any depth and in any spelling.

use super::cases;
use glowband_core::{Claims, Header, Jwk, Limits, MAX_JSON, MEMBERS_WITHOUT_SLOTS, NameSlot, Refusal};
use glowband_tests::json_oracle::{Opinion, opinion};
use glowband_tests::name_families::{Document, document};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// What makes a JWK of an object.
const PUT_IN_FRONT: &str = "{\"kty\":\"oct\",";

fn has_the_right_verdict(document: &Document) -> Result<(), TestCaseError> {
    let Document { text, members, open, twice, .. } = document;
    // Long names with many escapes can fill more than a document may hold; below, a member is put in front as well.
    if text.len() + PUT_IN_FRONT.len() > MAX_JSON {
        return Ok(());
    }
    let limits = Limits::DEFAULT.member_count(u16::MAX);
    let expected = if *twice { Err(Refusal::PayloadDuplicate) } else { Ok(()) };
    prop_assert_eq!(opinion(text.as_bytes(), 16, usize::MAX) == Opinion::Good, !twice);

    let mut slots = vec![NameSlot::default(); *open];
    prop_assert_eq!(Claims::read_with_slots(text.as_bytes(), &limits, &mut slots).map(drop), expected);
    if *open > MEMBERS_WITHOUT_SLOTS {
        return Ok(());
    }
    prop_assert_eq!(Claims::read(text.as_bytes(), &limits).map(drop), expected);
    let header = Header::read(text.as_bytes(), &limits).map(drop);
    prop_assert_eq!(header, Err(if *twice { Refusal::HeaderDuplicate } else { Refusal::AlgorithmMissing }));
    if *members < 128 {
        prop_assert_eq!(Claims::read(text.as_bytes(), &Limits::DEFAULT).map(drop), expected);
        let key = text.replacen('{', PUT_IN_FRONT, 1);
        prop_assert_eq!(Jwk::parse(key.as_bytes()).map(drop), expected.map_err(|_| Refusal::JwkMalformed));
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(6000))]

    #[test]
    fn in_objects_of_usual_size(bytes in vec(any::<u8>(), 0..300)) {
        has_the_right_verdict(&document(&bytes, 40))?;
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn in_objects_that_fill_the_slots(bytes in vec(any::<u8>(), 0..300)) {
        has_the_right_verdict(&document(&bytes, 127))?;
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn in_objects_of_many_members(bytes in vec(any::<u8>(), 0..300)) {
        has_the_right_verdict(&document(&bytes, 900))?;
    }
}
