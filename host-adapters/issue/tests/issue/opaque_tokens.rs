//! Opaque access tokens.

use glowband_issue::{OpaqueToken, TokenDigest};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn tokens_are_random_and_have_a_stable_digest() {
    let tokens: Vec<_> = (0..1000).map(|_| OpaqueToken::generate().unwrap()).collect();
    let texts: BTreeSet<_> = tokens.iter().map(OpaqueToken::as_str).collect();
    assert_eq!(texts.len(), 1000);
    for token in &tokens {
        assert!(token.as_str().len() == 47 && token.as_str().starts_with("gbo_"));
        let again = OpaqueToken::parse(token.as_str()).unwrap();
        assert_eq!(again.digest(), token.digest());
        assert_eq!(TokenDigest::from_bytes(token.digest().as_bytes()), Some(token.digest()));
    }
    assert_ne!(tokens[0].digest(), tokens[1].digest());
}

#[test]
fn malformed_tokens_are_not_parsed() {
    let token = OpaqueToken::generate().unwrap();
    let text = token.as_str();
    for other in [
        "",
        "gbo_",
        "gbo",
        &text[1..],
        &text[..46],
        &format!("{text}A"),
        &format!("{text} "),
        &format!(" {text}"),
        &text.replace("gbo_", "gbp_"),
        &text.to_uppercase(),
        &format!("gbo_{}", "é".repeat(43)),
        // The unused bits must be zero, so that each token has one spelling.
        &format!("gbo_{}B", "A".repeat(42)),
    ] {
        assert!(OpaqueToken::parse(other).is_none(), "{other}");
    }
    assert!(OpaqueToken::parse(&format!("gbo_{}", "A".repeat(43))).is_some());
}

#[test]
fn debug_shows_no_secret() {
    let token = OpaqueToken::generate().unwrap();
    assert_eq!(format!("{token:?} {:?}", token.digest()), "OpaqueToken(gbo_…) TokenDigest(…)");
}

proptest! {
    #[test]
    fn a_digest_is_32_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
        let digest = TokenDigest::from_bytes(&bytes);
        prop_assert_eq!(digest.is_some(), bytes.len() == 32);
        if let Some(digest) = digest {
            prop_assert_eq!(digest.as_bytes().as_slice(), bytes.as_slice());
            let mut other = bytes.clone();
            other[usize::from(bytes[0] % 32)] ^= 1;
            prop_assert_ne!(Some(digest), TokenDigest::from_bytes(&other));
        }
    }
}
