use crate::{HostVerifier, KeyReader, KeySet, LiveKeys, OwnedPolicy};
use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Hs256Key, Refusal, UnixSeconds};

const SECRET: &[u8] = b"an example secret of 32+ bytes..";
const NOW: UnixSeconds = UnixSeconds(1_000);

fn token(claims: &str) -> Vec<u8> {
    let input = [r#"{"alg":"HS256"}"#, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), input.as_bytes());
    format!("{input}.{}", Base64UrlUnpadded::encode_string(tag.as_ref())).into_bytes()
}

fn keys() -> KeySet {
    KeyReader::new().secret(SECRET).unwrap()
}

fn verifier(bytes: usize) -> HostVerifier {
    HostVerifier::new(keys(), OwnedPolicy::danger_any_issuer_any_audience()).cache(bytes)
}

#[test]
fn the_second_time_is_a_hit_with_the_same_claims() {
    let verifier = verifier(1 << 20);
    let token = token(r#"{"sub":"al\u0069ce","iss":"me","exp":2000}"#);
    for _ in 0..2 {
        let verified = verifier.verify_at(&token, NOW).unwrap();
        assert_eq!((verified.subject(), verified.issuer(), verified.token_id()), (Some("alice"), Some("me"), None));
    }
    let usage = verifier.cache_usage().unwrap();
    assert_eq!((usage.hits, usage.misses, usage.tokens), (1, 1, 1));
}

#[test]
fn every_byte_counts() {
    let verifier = verifier(1 << 20);
    let good = token(r#"{"exp":2000}"#);
    verifier.verify_at(&good, NOW).unwrap();
    for at in 0..good.len() {
        let mut wrong = good.clone();
        wrong[at] ^= 1;
        assert!(verifier.verify_at(&wrong, NOW).is_err(), "byte {at}");
        assert!(verifier.verify_at(&good[..at], NOW).is_err(), "{at} bytes");
    }
    assert!(verifier.verify_at(&[good.as_slice(), b"="].concat(), NOW).is_err());
    assert_eq!(verifier.cache_usage().unwrap().hits, 0);
}

#[test]
fn time_is_checked_on_every_hit_as_the_core_checks_it() {
    let policy = || OwnedPolicy::danger_any_issuer_any_audience().leeway(5).maximum_age(800);
    let cached = HostVerifier::new(keys(), policy()).cache(1 << 20);
    let fresh = HostVerifier::new(keys(), policy());
    for claims in [
        r#"{"exp":2000,"nbf":900,"iat":900}"#,
        r#"{"exp":1100.5,"nbf":900.5,"iat":950.9}"#,
        r#"{"exp":5000,"iat":500}"#,
        r#"{"exp":2000,"nbf":-7,"iat":995}"#,
    ] {
        let token = token(claims);
        cached.verify_at(&token, NOW).unwrap();
        for now in (0..6000).map(UnixSeconds) {
            let (hit, expected) = (cached.verify_at(&token, now), fresh.verify_at(&token, now));
            assert_eq!(hit.map(drop), expected.map(drop), "{claims} at {now:?}");
        }
        assert_eq!(cached.verify_at(&token, None).err(), Some(Refusal::ClockUnknown));
    }
    assert!(cached.cache_usage().unwrap().hits > 1_000);
}

#[test]
fn replaced_keys_empty_the_cache() {
    let keys = LiveKeys::new(keys());
    let verifier = HostVerifier::new(keys.clone(), OwnedPolicy::danger_any_issuer_any_audience()).cache(1 << 20);
    let token = token(r#"{"exp":2000}"#);
    verifier.verify_at(&token, NOW).unwrap();

    let mut others = KeySet::new();
    others.add(None, Hs256Key::new(&[9; 32]).unwrap());
    keys.replace(others);
    assert_eq!(verifier.verify_at(&token, NOW).err(), Some(Refusal::BadSignature));

    keys.replace(self::keys());
    verifier.verify_at(&token, NOW).unwrap();
    let usage = verifier.cache_usage().unwrap();
    assert_eq!((usage.hits, usage.tokens), (0, 1), "the same keys again are another generation");
}

#[test]
fn policies_share_nothing() {
    let keys = LiveKeys::new(keys());
    let policy = |audience| OwnedPolicy::danger_any_issuer().audience(audience);
    let doors = HostVerifier::new(keys.clone(), policy("door")).cache(1 << 20);
    let lifts = HostVerifier::new(keys, policy("lift")).cache(1 << 20);
    let token = token(r#"{"aud":"door","exp":2000}"#);
    for _ in 0..2 {
        assert!(doors.verify_at(&token, NOW).is_ok());
        assert_eq!(lifts.verify_at(&token, NOW).err(), Some(Refusal::AudienceMismatch));
    }
}

#[test]
fn the_bytes_are_a_limit_whatever_is_verified() {
    let verifier = verifier(100_000);
    for number in 0..2_000 {
        let token = token(&format!(r#"{{"exp":2000,"jti":"{number}","fill":"{}"}}"#, "x".repeat(number)));
        verifier.verify_at(&token, NOW).unwrap();
        let usage = verifier.cache_usage().unwrap();
        assert!(usage.bytes <= 100_000, "{usage:?}");
    }
    assert!(verifier.cache_usage().unwrap().tokens > 10);
    let nothing = HostVerifier::new(keys(), OwnedPolicy::danger_any_issuer_any_audience()).cache(0);
    nothing.verify_at(&token(r#"{"exp":2000}"#), NOW).unwrap();
    assert_eq!(nothing.cache_usage().unwrap().tokens, 0);
}

#[test]
fn refused_tokens_are_not_kept() {
    let verifier = verifier(1 << 20);
    for number in 0..100 {
        let token = token(&format!(r#"{{"exp":1,"jti":"{number}"}}"#));
        assert_eq!(verifier.verify_at(&token, NOW).err(), Some(Refusal::Expired));
    }
    assert_eq!(verifier.cache_usage().unwrap().tokens, 0);
}

#[test]
fn a_batch_gives_the_same_verdicts_in_order() {
    let verifier = verifier(1 << 20);
    let tokens: Vec<_> =
        (0..50).map(|number| token(&format!(r#"{{"exp":{},"jti":"{number}"}}"#, 900 + number * 10))).collect();
    let verdicts = verifier.verify_batch_at(&tokens, NOW);
    assert_eq!(verdicts.len(), 50);
    for (number, verdict) in verdicts.iter().enumerate() {
        match verdict {
            Ok(verified) => assert_eq!(verified.token_id(), Some(number.to_string().as_str())),
            Err(refusal) => assert!(*refusal == Refusal::Expired && number <= 10),
        }
    }
    assert!(verifier.verify_batch_at::<&[u8]>(&[], NOW).is_empty());
}

#[test]
fn debug_shows_counts_and_no_token() {
    let verifier = verifier(1 << 20);
    verifier.verify_at(&token(r#"{"exp":2000,"sub":"alice"}"#), NOW).unwrap();
    let shown = format!("{verifier:?}");
    assert!(shown.contains("tokens: 1") && !shown.contains("alice") && !shown.contains("eyJ"), "{shown}");
}
