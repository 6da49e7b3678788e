//! Names that resemble each other are told apart, and a name that stands twice is found, at any depth and in any spelling.

use super::cases;
use glowband_core::{Claims, Header, Jwk, Limits, MEMBERS_WITHOUT_SLOTS, NameSlot, Refusal};
use glowband_tests::json_oracle::{Opinion, opinion};
use glowband_tests::name_families::{Document, document};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

fn is_judged_right(document: &Document) -> Result<(), TestCaseError> {
    let Document { text, members, open, twice, .. } = document;
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
        let key = text.replacen('{', "{\"kty\":\"oct\",", 1);
        prop_assert_eq!(Jwk::parse(key.as_bytes()).map(drop), expected.map_err(|_| Refusal::JwkMalformed));
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(6000))]

    #[test]
    fn in_objects_of_usual_size(bytes in vec(any::<u8>(), 0..300)) {
        is_judged_right(&document(&bytes, 40))?;
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn in_objects_that_fill_the_slots(bytes in vec(any::<u8>(), 0..300)) {
        is_judged_right(&document(&bytes, 127))?;
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn in_objects_of_many_members(bytes in vec(any::<u8>(), 0..300)) {
        let document = document(&bytes, 900);
        if document.text.len() <= glowband_core::MAX_JSON {
            is_judged_right(&document)?;
        }
    }
}
