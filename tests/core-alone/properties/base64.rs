//! The core's decoder agrees with base64ct's on every segment.

use super::cases;
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Refusal, SignatureVerifier};
use glowband_tests::accepts_all::AcceptsAll;
use proptest::collection::vec;
use proptest::prelude::*;

/// The payload segment, decoded in both ways.
fn decoded(segment: &[u8]) -> Result<Vec<u8>, Refusal> {
    let token = [b"eyJhbGciOiJIUzI1NiJ9.", segment, b".", "A".repeat(43).as_bytes()].concat();
    let verifier = SignatureVerifier::new(&AcceptsAll);
    let mut scratch = vec![0xa5; token.len()];
    let over_a_buffer = verifier.verify(&token, &mut scratch).map(|proven| proven.payload().to_vec());
    let mut token = token;
    let in_place = verifier.verify_in_place(&mut token).map(|proven| proven.payload().to_vec());
    assert_eq!(over_a_buffer, in_place);
    in_place
}

fn check(segment: &[u8]) {
    let expected = std::str::from_utf8(segment).ok().and_then(|text| Base64UrlUnpadded::decode_vec(text).ok());
    assert_eq!(decoded(segment).ok(), expected, "{:?}", String::from_utf8_lossy(segment));
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn bytes_come_back(bytes in vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(decoded(Base64UrlUnpadded::encode_string(&bytes).as_bytes()), Ok(bytes));
    }

    #[test]
    fn any_characters(segment in "[A-Za-z0-9_-]{0,140}") {
        check(segment.as_bytes());
    }

    #[test]
    fn one_character_of_another_kind(segment in "[A-Za-z0-9_-]{1,140}", at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut segment = segment.into_bytes();
        let at = at.index(segment.len());
        // A dot would be the end of the segment.
        segment[at] = if byte == b'.' { b'+' } else { byte };
        check(&segment);
    }
}

/// All endings of two and three characters: one spelling for each value.
#[test]
fn every_ending_has_one_spelling() {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut accepted = (0, 0);
    for first in ALPHABET {
        for second in ALPHABET {
            accepted.0 += u32::from(decoded(&[*first, *second]).is_ok());
            check(&[*first, *second]);
            for third in ALPHABET.iter().step_by(3) {
                check(&[*first, *second, *third]);
            }
        }
        accepted.1 += ALPHABET.iter().filter(|third| decoded(&[*first, b'A', **third]).is_ok()).count();
    }
    assert_eq!(accepted, (256, 64 * 16));
}
