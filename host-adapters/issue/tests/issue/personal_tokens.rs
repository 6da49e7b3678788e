//! Personal tokens: the checksum detects typing errors without a lookup.

use aws_lc_rs::digest::{SHA256, digest};
use glowband_issue::{PERSONAL_TOKEN_PATTERN, PersonalToken, PersonalTokenError};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn parsed(text: &str) -> Result<(), PersonalTokenError> {
    PersonalToken::parse(text).map(drop)
}

/// Builds a token with this id and secret from the documented format, independently of the implementation.
fn from_documented_format(id: &str, secret: &str) -> String {
    let checked = format!("gbp_{id}_{secret}");
    let mut crc = u32::MAX;
    for byte in checked.bytes() {
        for bit in 0..8 {
            let differ = (crc ^ u32::from(byte >> bit)) & 1;
            crc = (crc >> 1) ^ (0xedb8_8320 * differ);
        }
    }
    let (mut crc, mut digits) = (!crc, Vec::new());
    for _ in 0..6 {
        digits.push(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[crc as usize % 62]);
        crc /= 62;
    }
    digits.reverse();
    checked + std::str::from_utf8(&digits).unwrap()
}

#[test]
fn tokens_are_random_and_follow_the_documented_format() {
    let tokens: Vec<_> = (0..1000).map(|_| PersonalToken::generate().unwrap()).collect();
    assert_eq!(tokens.iter().map(PersonalToken::id).collect::<BTreeSet<_>>().len(), 1000);
    for token in &tokens {
        let text = token.as_str();
        assert_eq!(text.len(), 70);
        let (id, secret) = (&text[4..20], &text[21..64]);
        assert_eq!(from_documented_format(id, secret), text);
        assert_eq!(token.id(), id);
        assert_eq!(token.secret_digest().as_bytes().as_slice(), digest(&SHA256, secret.as_bytes()).as_ref());
        let again = PersonalToken::parse(text).unwrap();
        assert_eq!((again.id(), again.secret_digest()), (id, token.secret_digest()));
    }
    assert_eq!(PERSONAL_TOKEN_PATTERN, r"\bgbp_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}\b");
}

#[test]
fn a_stored_token_stays_valid() {
    // Stored tokens must stay valid in every later version. The checksum is from zlib.crc32 of Python.
    let text = from_documented_format("AbCdEfGh01234567", &"x".repeat(43));
    assert_eq!(text, "gbp_AbCdEfGh01234567_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx2PJEPx");
    assert_eq!(parsed(&text), Ok(()));
}

#[test]
fn typing_errors_are_distinguished_from_other_texts() {
    let token = PersonalToken::generate().unwrap();
    let text = token.as_str();
    for typo in [
        "gbp_",
        &text[..69],
        &format!("{text}0"),
        &format!("{text} "),
        &format!("{text}\n"),
        &text.replacen('_', "_é", 1),
        &text[..20],
        &text.replace('_', "-").replacen('-', "_", 1),
    ] {
        assert_eq!(parsed(typo), Err(PersonalTokenError::Typo), "{typo}");
    }
    for other in ["", "gbp", "gbo_x", "GBP_x", "ghp_x", &format!(" {text}"), "eyJhbGciOiJFUzI1NiJ9.e30.x"] {
        assert_eq!(parsed(other), Err(PersonalTokenError::NotOne), "{other}");
    }
}

#[test]
fn debug_shows_only_the_id() {
    let token = PersonalToken::generate().unwrap();
    assert_eq!(format!("{token:?}"), format!("PersonalToken(gbp_{}_…)", token.id()));
}

proptest! {
    #[test]
    fn every_wrong_character_is_detected(at in 4..70_usize, other in "[ -~]") {
        let token = PersonalToken::generate().unwrap();
        let text = token.as_str();
        let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        prop_assert_eq!(parsed(&changed).is_err(), changed != text);
    }

    #[test]
    fn swapped_neighbours_are_detected(at in 4..69_usize) {
        let token = PersonalToken::generate().unwrap();
        let mut bytes = token.as_str().as_bytes().to_vec();
        bytes.swap(at, at + 1);
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(parsed(&changed).is_err(), changed != token.as_str());
    }

    #[test]
    fn a_missing_or_doubled_character_is_detected(at in 4..70_usize) {
        let token = PersonalToken::generate().unwrap();
        let text = token.as_str();
        let (missing, doubled) = ([&text[..at], &text[at + 1..]].concat(), [&text[..=at], &text[at..]].concat());
        prop_assert_eq!((parsed(&missing), parsed(&doubled)), (Err(PersonalTokenError::Typo), Err(PersonalTokenError::Typo)));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), tail in "gbp_.{0,80}") {
        let _ = parsed(&text);
        prop_assert_eq!(parsed(&tail), Err(PersonalTokenError::Typo));
    }
}
