//! A good token with anything changed is no good token.

use glowband_core::{Es256Key, Hs256Key, KeySource, Policy, Refusal, SignatureVerifier, UnixSeconds};
use glowband_tests::accepts_all::verdict;
use glowband_tests::claims_text::{AUDIENCE, ClaimsText, ISSUER, NOW};
use glowband_tests::signing::{Es256Pair, hs256};

const SECRET: [u8; 32] = [0x17; 32];

fn good_hs256() -> (Hs256Key, Vec<u8>) {
    let token = hs256(&SECRET, r#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#, ClaimsText::good().to_string());
    (Hs256Key::new(&SECRET).expect("long enough"), token.into_bytes())
}

fn good_es256() -> (Es256Key, Vec<u8>) {
    let pair = Es256Pair::generate().expect("randomness");
    let token = pair.es256(r#"{"alg":"ES256","typ":"JWT"}"#, ClaimsText::good().to_string()).expect("randomness");
    (Es256Key::from_sec1(pair.point()).expect("a point"), token.into_bytes())
}

fn verified<K: KeySource>(key: &K, token: &[u8]) -> Result<Vec<u8>, Refusal> {
    verdict(key, &Policy::issuer(ISSUER).audience(AUDIENCE), Some(UnixSeconds(NOW)), token)
}

/// Two ways, not four: this is asked some hundred thousand times.
fn refused<K: KeySource>(key: &K, token: &[u8], scratch: &mut [u8]) -> bool {
    let verifier = SignatureVerifier::new(key);
    let over_a_buffer = verifier.verify(token, scratch).err();
    let mut own = token.to_vec();
    let in_place = verifier.verify_in_place(&mut own).err();
    assert_eq!(over_a_buffer, in_place);
    in_place.is_some()
}

#[test]
fn every_single_byte_change_of_an_hs256_token_is_refused() {
    let (key, token) = good_hs256();
    assert!(verified(&key, &token).is_ok());
    let mut scratch = vec![0; token.len()];
    let mut changed = token.clone();
    let mut tried = 0;
    for at in 0..token.len() {
        for byte in 0..=u8::MAX {
            changed[at] = byte;
            if byte != token[at] {
                assert!(refused(&key, &changed, &mut scratch), "byte {at} is {byte}");
                tried += 1;
            }
        }
        changed[at] = token[at];
    }
    println!("{tried} changed tokens");
    assert_eq!(tried, token.len() * 255);
}

#[test]
fn single_byte_changes_of_an_es256_token_are_refused() {
    let (key, token) = good_es256();
    assert!(verified(&key, &token).is_ok());
    let mut scratch = vec![0; token.len()];
    let mut changed = token.clone();
    for at in 0..token.len() {
        // The neighbours, the other case, the ends of the alphabet, and what is outside of it.
        for byte in [token[at] ^ 1, token[at] ^ 0x20, b'A', b'_', b'.', b'=', 0, 0xff] {
            changed[at] = byte;
            assert!(byte == token[at] || refused(&key, &changed, &mut scratch), "byte {at} is {byte}");
        }
        changed[at] = token[at];
    }
}

fn every_truncation<K: KeySource>(key: &K, token: &[u8]) {
    let mut scratch = vec![0; token.len()];
    for end in 0..token.len() {
        assert!(refused(key, &token[..end], &mut scratch), "the first {end} bytes");
        assert!(refused(key, &token[token.len() - end..], &mut scratch), "the last {end} bytes");
        let without = [&token[..end], &token[end + 1..]].concat();
        assert!(refused(key, &without, &mut scratch), "without byte {end}");
    }
}

#[test]
fn every_truncation_and_every_missing_byte_is_refused() {
    let (key, token) = good_hs256();
    every_truncation(&key, &token);
    let (key, token) = good_es256();
    every_truncation(&key, &token);
}

fn every_extension<K: KeySource>(key: &K, token: &[u8]) {
    let mut scratch = vec![0; token.len() + 1];
    for byte in 0..=u8::MAX {
        assert!(refused(key, &[token, &[byte]].concat(), &mut scratch), "{byte} behind");
        assert!(refused(key, &[&[byte], token].concat(), &mut scratch), "{byte} in front");
    }
}

#[test]
fn every_extension_by_a_byte_is_refused() {
    let (key, token) = good_es256();
    every_extension(&key, &token);
    let (key, token) = good_hs256();
    every_extension(&key, &token);
    let mut scratch = vec![0; token.len() + 1];
    for at in 0..=token.len() {
        for byte in 0..=u8::MAX {
            let longer = [&token[..at], &[byte], &token[at..]].concat();
            assert!(refused(&key, &longer, &mut scratch), "{byte} before byte {at}");
        }
    }
}

#[test]
fn every_pair_of_swapped_neighbours_is_refused() {
    let (key, token) = good_hs256();
    let mut scratch = vec![0; token.len()];
    for at in 1..token.len() {
        let mut swapped = token.clone();
        swapped.swap(at - 1, at);
        assert!(swapped == token || refused(&key, &swapped, &mut scratch), "bytes {} and {at}", at - 1);
    }
}

/// Segments of two good tokens, mixed: only those that were signed together are good.
#[test]
fn segments_of_different_tokens_do_not_mix() {
    let (key, one) = good_hs256();
    let other = hs256(&SECRET, r#"{"alg":"HS256"}"#, ClaimsText::good().with("sub", "\"bob\"").to_string());
    let one = String::from_utf8(one).expect("text");
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split('.').collect(), other.split('.').collect());
    for mix in 0..8 {
        let take = |segment: usize| if mix >> segment & 1 == 0 { one[segment] } else { other[segment] };
        let token = [take(0), take(1), take(2)].join(".");
        assert_eq!(verified(&key, token.as_bytes()).is_ok(), mix == 0 || mix == 7, "mix {mix}");
    }
}
