//! Examples of the RFCs in the algorithms of the host, as whole tokens.

use super::rfc7520::{PAYLOAD, SENTENCE};
use glowband_core::{Policy, Refusal, SignatureVerifier, UnixSeconds, Verifier};
use glowband_verify::{KeyReader, KeySet};

fn keys(jwk: &str) -> KeySet {
    KeyReader::new().parse(jwk.as_bytes()).expect("a key")
}

fn proven(keys: &KeySet, token: &str) -> Result<Vec<u8>, Refusal> {
    SignatureVerifier::new(keys).verify_in_place(&mut token.as_bytes().to_vec()).map(|proven| proven.payload().to_vec())
}

fn every_changed_character_is_refused(keys: &KeySet, token: &str) {
    for at in 0..token.len() {
        let mut changed = token.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(SignatureVerifier::new(keys).verify_in_place(&mut changed).is_err(), "character {at}");
    }
}

/// RFC 7515 appendix A.2.
#[test]
fn rfc_7515_a2_rs256_is_genuine_and_ends_in_time() {
    let jwk = r#"{"kty":"RSA","n":"N","e":"AQAB"}"#.replace('N', MODULUS_A2);
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{}.{SIGNATURE_A2}", super::rfc7515::CLAIMS);
    let keys = keys(&jwk);
    let payload = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    assert_eq!(proven(&keys, &token).as_deref(), Ok(payload.as_slice()));
    every_changed_character_is_refused(&keys, &token);
    let policy = Policy::issuer("joe").danger_any_audience();
    let verdict = |now| {
        let mut scratch = vec![0; token.len()];
        Verifier::new(&keys, &policy).verify(token.as_bytes(), UnixSeconds(now), &mut scratch).map(drop)
    };
    assert_eq!(verdict(1_300_819_379), Ok(()));
    assert_eq!(verdict(1_300_819_380), Err(Refusal::Expired));
}

/// RFC 7515 appendix A.3.
#[test]
fn rfc_7515_a3_es256_is_genuine() {
    let keys = keys(super::rfc7515::PUBLIC);
    let token = super::rfc7515::a3();
    assert!(proven(&keys, &token).is_ok());
    every_changed_character_is_refused(&keys, &token);
}

/// RFC 7520 section 4.1, with the key of section 3.3.
#[test]
fn rfc_7520_4_1_rs256_is_genuine() {
    let keys = keys(&bilbo());
    let token = format!(
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.{PAYLOAD}.\
         MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoB\
         wA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0\
         ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vj\
         bU5y18kDquDg"
    );
    assert_eq!(proven(&keys, &token).as_deref(), Ok(SENTENCE.as_bytes()));
    every_changed_character_is_refused(&keys, &token);
}

/// RFC 7520 section 4.2: PSS with SHA-384, with the key of section 3.3.
#[test]
fn rfc_7520_4_2_ps384_is_genuine() {
    let token = format!(
        "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.{PAYLOAD}.\
         cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPp\
         cbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lf\
         JT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifK\
         o8DYM-X72Eaw"
    );
    let keys = keys(&bilbo());
    assert_eq!(proven(&keys, &token).as_deref(), Ok(SENTENCE.as_bytes()));
    every_changed_character_is_refused(&keys, &token);
}

/// RFC 7520 section 4.3, with the key of section 3.1.
#[test]
fn rfc_7520_4_3_es512_is_genuine() {
    let keys = keys(
        r#"{"kty":"EC","kid":"bilbo.baggins@hobbiton.example","use":"sig","crv":"P-521","x":"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt","y":"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1"}"#,
    );
    let token = super::rfc7520::es512();
    assert_eq!(proven(&keys, &token).as_deref(), Ok(SENTENCE.as_bytes()));
    every_changed_character_is_refused(&keys, &token);
}

/// RFC 7515 appendix A.4.
#[test]
fn rfc_7515_a4_es512_is_genuine() {
    let keys = keys(
        r#"{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}"#,
    );
    let token = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-\
                 KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
    assert_eq!(proven(&keys, token).as_deref(), Ok(b"Payload".as_slice()));
    every_changed_character_is_refused(&keys, token);
}

/// RFC 8037 appendix A.4, with the key of A.2.
#[test]
fn rfc_8037_a4_ed25519_is_genuine() {
    let keys = keys(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#);
    assert_eq!(proven(&keys, super::other_rfcs::RFC_8037).as_deref(), Ok(b"Example of Ed25519 signing".as_slice()));
    every_changed_character_is_refused(&keys, super::other_rfcs::RFC_8037);
}

const MODULUS_A2: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgN\
     MsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmt\
     dVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const SIGNATURE_A2: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1d\
     nZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC\
     -eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// RFC 7520 section 3.3.
fn bilbo() -> String {
    let modulus = "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKr\
                   Kb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5l\
                   FHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__\
                   kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw";
    format!(r#"{{"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","n":"{modulus}","e":"AQAB"}}"#)
}
