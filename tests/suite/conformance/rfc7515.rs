//! The examples of RFC 7515 (JWS), appendix A.

use super::{key, proven, verdict};
use glowband_core::{Key, Policy, Refusal};

/// Appendix A.1.1: `oct`, 64 bytes.
pub(super) const SECRET: &str =
    r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
/// Appendix A.3.1, with its private part.
pub(super) const PUBLIC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
/// The claims of A.1, A.2, A.3 and A.5: lines end in CR LF.
pub(super) const CLAIMS: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const EXPIRY: u64 = 1_300_819_380;

fn a1() -> String {
    format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
}

pub(super) fn a3() -> String {
    format!(
        "eyJhbGciOiJFUzI1NiJ9.{CLAIMS}.\
         DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    )
}

#[test]
fn a1_hs256_and_a3_es256_are_genuine_and_end_in_time() {
    let expected = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    let policy = Policy::issuer("joe").danger_any_audience();
    for (key, token) in [(key(SECRET), a1()), (key(PUBLIC), a3())] {
        assert_eq!(proven(&key, &token).as_deref(), Ok(expected.as_slice()));
        assert_eq!(verdict(&key, &policy, EXPIRY - 1, &token), Ok(()));
        assert_eq!(verdict(&key, &policy, EXPIRY, &token), Err(Refusal::Expired));
        assert_eq!(verdict(&key, &policy.leeway(1), EXPIRY, &token), Ok(()));
        assert_eq!(verdict(&key, &Policy::issuer("joe").audience("joe's"), 0, &token), Err(Refusal::AudienceMissing));
        assert_eq!(
            verdict(&key, &Policy::issuer("joe ").danger_any_audience(), 0, &token),
            Err(Refusal::IssuerMismatch)
        );
    }
}

#[test]
fn a1_and_a3_do_not_verify_with_each_others_keys() {
    assert_eq!(proven(&key(PUBLIC), &a1()), Err(Refusal::AlgorithmMismatch));
    assert_eq!(proven(&key(SECRET), &a3()), Err(Refusal::AlgorithmMismatch));
}

#[test]
fn a_private_claim_with_a_url_for_a_name_is_found() {
    let key = key(SECRET);
    let policy = Policy::danger_any_issuer_any_audience();
    let mut token = a1().into_bytes();
    let now = glowband_core::UnixSeconds(0);
    let verified = glowband_core::Verifier::new(&key, &policy).verify_in_place(&mut token, now).expect("genuine");
    assert_eq!(verified.claim("http://example.com/is_root").and_then(|value| value.as_bool()), Some(true));
    assert_eq!(verified.claim("http://example.com/is_roo"), None);
}

/// A.2 is RS256: a name that this core knows and no key of it computes. Its signature, cut short here, is not looked at.
#[test]
fn a2_rs256_needs_another_key() {
    let token =
        format!("eyJhbGciOiJSUzI1NiJ9.{CLAIMS}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7");
    assert_eq!(proven(&key(SECRET), &token), Err(Refusal::AlgorithmMismatch));
    assert_eq!(proven(&key(PUBLIC), &token), Err(Refusal::AlgorithmMismatch));
}

#[test]
fn a4_es512_needs_another_key() {
    let token = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-\
                 KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
    assert_eq!(proven(&key(PUBLIC), token), Err(Refusal::AlgorithmMismatch));
}

#[test]
fn a5_an_unsecured_token_is_refused() {
    let token = format!("eyJhbGciOiJub25lIn0.{CLAIMS}.");
    for key in [key(SECRET), key(PUBLIC)] {
        assert_eq!(proven(&key, &token), Err(Refusal::AlgorithmNone));
    }
}

#[test]
fn a6_and_a7_json_serialization_is_refused() {
    let general = format!(
        r#"{{"payload":"{CLAIMS}","signatures":[{{"protected":"eyJhbGciOiJFUzI1NiJ9","header":{{"kid":"e9bc097a-ce51-4036-9562-d2ade882db0d"}},"signature":"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"}}]}}"#
    );
    let flattened = general.replace(r#""signatures":[{"#, "").replace("}]}", "}");
    for token in [general, flattened] {
        assert_eq!(proven(&key(PUBLIC), &token), Err(Refusal::JsonSerialization));
    }
}

/// Appendix E: a header that must be rejected, because its critical name is unknown.
#[test]
fn appendix_e_a_critical_name_that_is_not_understood() {
    let token = "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9V\
                 TkRFRklORUQiOnRydWUNCn0.RkFJTA.";
    assert_eq!(proven(&key(SECRET), token), Err(Refusal::CriticalHeader));
}

#[test]
fn every_changed_character_of_the_examples_is_refused() {
    for (key, token) in [(key(SECRET), a1()), (key(PUBLIC), a3())] {
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(unproven(&key, &changed), "character {at}");
        }
    }
}

fn unproven(key: &Key, token: &[u8]) -> bool {
    let mut token = token.to_vec();
    glowband_core::SignatureVerifier::new(key).verify_in_place(&mut token).is_err()
}
