//! Reads one JWK (RFC 7517 §4).

use crate::alg::{HMAC, HmacKey};
use crate::confusion::refuse_keys_as_secret;
use crate::es256::Preparer;
use crate::hs256::HostHs256Key;
use crate::jwk_fault;
use crate::jwk_members::JwkMembers;
use crate::key_fault::KeyFault;
use crate::key_options::KeyOptions;
use crate::key_set::{HostKey, NamedKeys};
use crate::public_key::PublicKey;
use glowband_core::{Algorithm, Jwk, MAX_JWK_SECRET, Refusal};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Reads the name and the keys of a JWK: several if it names no algorithm and its type has several. The JWK's own `alg`,
/// `use` and `key_ops` restrict the algorithms.
pub(crate) fn read(text: &[u8], options: KeyOptions, preparer: &Arc<Preparer>) -> Result<NamedKeys, KeyFault> {
    let jwk = Jwk::parse(text).map_err(|refusal| jwk_fault::explain(text, refusal))?;
    if jwk.key_type() == *"oct" && options.public_only {
        let words = "is \"oct\": a published secret is not secret; allowed: EC, OKP and RSA";
        return Err(KeyFault::member(Refusal::KeyUnsupported, "kty", words));
    }
    let keys = keys(&jwk, options, preparer).map_err(|refusal| match refusal {
        Refusal::KeyMalformed => KeyFault::member(refusal, "k", "is a key in PEM, JWK or DER, and not a secret"),
        refusal => jwk_fault::explain(text, refusal),
    })?;
    Ok(NamedKeys { kid: jwk.key_id().map(|kid| kid.to_string()), keys })
}

/// Returns the `kid` of a text, if it is a JWK with one.
pub(crate) fn kid(text: &[u8]) -> Option<String> {
    Jwk::parse(text).ok()?.key_id().map(|kid| kid.to_string())
}

fn keys(jwk: &Jwk<'_>, options: KeyOptions, preparer: &Arc<Preparer>) -> Result<Vec<HostKey>, Refusal> {
    if jwk.key_type() == *"oct" {
        return secret(jwk, options);
    }
    let public = PublicKey::from_jwk(jwk)?;
    permitted(jwk, public.algorithms())?
        .into_iter()
        .map(|algorithm| public.key_of_set(algorithm, preparer).map_err(as_jwk))
        .collect()
}

/// Returns the algorithms of the key's type that the JWK permits; at least one.
fn permitted(jwk: &Jwk<'_>, own: &[Algorithm]) -> Result<Vec<Algorithm>, Refusal> {
    let mut permitted = Vec::with_capacity(own.len());
    let mut refusal = Refusal::KeyUnsupported;
    for algorithm in own {
        match jwk.permit(*algorithm) {
            Ok(()) => permitted.push(*algorithm),
            Err(forbidden) => refusal = forbidden,
        }
    }
    if permitted.is_empty() { Err(refusal) } else { Ok(permitted) }
}

fn secret(jwk: &Jwk<'_>, options: KeyOptions) -> Result<Vec<HostKey>, Refusal> {
    let algorithms = permitted(jwk, &HMAC.map(|(algorithm, _)| algorithm))?;
    // One byte more than is allowed, to call what is longer too long.
    let mut buffer = Zeroizing::new([0; MAX_JWK_SECRET + 1]);
    let secret = match jwk.bytes("k", buffer.as_mut_slice()) {
        Ok(secret) if secret.len() > MAX_JWK_SECRET => return Err(Refusal::SecretTooLong),
        Ok(secret) => secret,
        Err(_) if is_too_long(jwk) => return Err(Refusal::SecretTooLong),
        Err(refusal) => return Err(refusal),
    };
    raw_secret(secret, &algorithms, options)
}

/// Returns true if `k` has more characters than the longest secret. It is then not decoded.
fn is_too_long(jwk: &Jwk<'_>) -> bool {
    let members = JwkMembers::read(jwk.json());
    let written = members.as_ref().and_then(|members| members.get("k")).map(|k| k.get());
    let k = written.and_then(|k| k.strip_prefix('"')?.strip_suffix('"')).filter(|k| !k.contains('\\'));
    k.is_some_and(|k| k.trim_end_matches('=').len() > (MAX_JWK_SECRET * 4).div_ceil(3))
}

/// Makes a key from a secret for each algorithm for which it is long enough.
pub(crate) fn raw_secret(
    secret: &[u8],
    algorithms: &[Algorithm],
    options: KeyOptions,
) -> Result<Vec<HostKey>, Refusal> {
    refuse_keys_as_secret(secret)?;
    let mut keys = Vec::with_capacity(algorithms.len());
    for algorithm in algorithms {
        let key = match algorithm {
            Algorithm::Hs256 => HostHs256Key::new(secret).map(HostKey::Hs256),
            other => HmacKey::new(*other, secret).map(|key| HostKey::Other(Box::new(key))),
        };
        match key {
            Ok(key) => keys.push(key),
            Err(Refusal::SecretTooShort) if options.short_secrets => {
                let key = HmacKey::danger_allow_short_secret(*algorithm, secret)?;
                keys.push(HostKey::Other(Box::new(key)));
            }
            Err(Refusal::SecretTooShort) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    if keys.is_empty() { Err(Refusal::SecretTooShort) } else { Ok(keys) }
}

fn as_jwk(refusal: Refusal) -> Refusal {
    if refusal == Refusal::KeyMalformed { Refusal::JwkMalformed } else { refusal }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public_key::RSA_ALGORITHMS;
    use base64ct::{Base64UrlUnpadded, Encoding};

    const P256: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    const P384: &str = r#""kty":"EC","crv":"P-384","x":"HkG1-fx1Y4SdGWzEBEJ-cTgr09IyimHFd7r1gvnbS0TtLzfrVIv-YBMHl8mNym04","y":"NpWHgmQJ1Q0xw2ohV2Fp3cjmZ4TkdVfkOs7SLjpIEj3ADRHz49sqxOB6oMBLJUqt""#;
    // RFC 7517's sister RFC 7520, section 3.1: the first octet of each coordinate is zero.
    const P521: &str = r#""kty":"EC","crv":"P-521","x":"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt","y":"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1""#;
    const ED25519: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    fn rsa() -> String {
        let modulus = format!("{}w", "o".repeat(340)) + "Q";
        format!(r#""kty":"RSA","n":"{modulus}","e":"AQAB""#)
    }

    fn algorithms(members: &str, options: KeyOptions) -> Result<Vec<Algorithm>, KeyFault> {
        let text = format!("{{{members}}}");
        let read = super::read(text.as_bytes(), options, &options.preparer())?;
        Ok(read.keys.iter().map(|key| key.as_check().algorithm()).collect())
    }

    fn read(members: &str) -> Result<Vec<Algorithm>, Refusal> {
        algorithms(members, KeyOptions::new()).map_err(|fault| fault.refusal())
    }

    /// The member at fault, and what is said of it.
    fn fault(members: &str) -> (Option<&'static str>, String) {
        let fault = algorithms(members, KeyOptions::new()).unwrap_err();
        (fault.at_member(), fault.to_string())
    }

    #[test]
    fn type_and_curve_decide_the_algorithm() {
        assert_eq!(read(P256), Ok(vec![Algorithm::Es256]));
        assert_eq!(read(P384), Ok(vec![Algorithm::Es384]));
        assert_eq!(read(ED25519), Ok(vec![Algorithm::EdDsa]));
        assert_eq!(read(&format!("{ED25519},\"alg\":\"Ed25519\"")), Ok(vec![Algorithm::EdDsa]));
        assert_eq!(read(&format!("{ED25519},\"alg\":\"EdDSA\"")), Ok(vec![Algorithm::EdDsa]));
        assert_eq!(read(P521), Ok(vec![Algorithm::Es512]));
        assert_eq!(read(&rsa()).as_deref(), Ok(RSA_ALGORITHMS));
        for algorithm in RSA_ALGORITHMS {
            assert_eq!(read(&format!("{},\"alg\":\"{algorithm}\"", rsa())), Ok(vec![*algorithm]));
        }
        for other in [
            r#""kty":"EC","crv":"secp256k1""#,
            r#""kty":"OKP","crv":"X25519","x":"AA""#,
            r#""kty":"OKP","crv":"Ed448","x":"AA""#,
            r#""kty":"AKP","alg":"ML-DSA-44""#,
            r#""kty":"rsa""#,
        ] {
            assert_eq!(read(other), Err(Refusal::KeyUnsupported), "{other}");
        }
    }

    #[test]
    fn a_secret_is_for_every_hash_that_it_is_long_enough_for() {
        let all = HMAC.map(|(algorithm, _)| algorithm);
        for (length, count) in [(32, 1), (47, 1), (48, 2), (63, 2), (64, 3), (512, 3)] {
            let k = Base64UrlUnpadded::encode_string(&vec![7; length]);
            assert_eq!(read(&format!(r#""kty":"oct","k":"{k}""#)).as_deref(), Ok(&all[..count]), "{length}");
        }
        for (algorithm, least) in HMAC {
            let oct = |length: usize| {
                let k = Base64UrlUnpadded::encode_string(&vec![7; length]);
                format!(r#""kty":"oct","k":"{k}","alg":"{algorithm}""#)
            };
            assert_eq!(read(&oct(least)), Ok(vec![algorithm]));
            assert_eq!(read(&oct(512)), Ok(vec![algorithm]));
            assert_eq!(read(&oct(513)), Err(Refusal::SecretTooLong));
            assert_eq!(read(&oct(600)), Err(Refusal::SecretTooLong));
            assert_eq!(read(&oct(least - 1)), Err(Refusal::SecretTooShort));
            let words = format!("k has {} bytes; allowed for {algorithm}: {least} to 512.", least - 1);
            assert_eq!(fault(&oct(least - 1)), (Some("k"), words));
        }
    }

    #[test]
    fn what_the_key_says_of_itself_binds() {
        for (members, refusal) in [
            (format!("{},\"alg\":\"RS1\"", rsa()), Refusal::KeyUnsupported),
            (format!("{P521},\"alg\":\"ES256\""), Refusal::JwkAlgorithmConflict),
            (format!("{P256},\"use\":\"x509-svid\""), Refusal::JwkMayNotVerify),
            (format!("{},\"alg\":\"RSA-OAEP\",\"use\":\"enc\"", rsa()), Refusal::JwkMayNotVerify),
            (format!("{},\"alg\":\"ES256\"", rsa()), Refusal::JwkAlgorithmConflict),
            (format!("{},\"use\":\"enc\"", rsa()), Refusal::JwkMayNotVerify),
            (format!("{},\"key_ops\":[\"sign\"]", rsa()), Refusal::JwkMayNotVerify),
            (format!("{P256},\"alg\":\"ES384\""), Refusal::JwkAlgorithmConflict),
            (format!("{P256},\"alg\":\"HS256\""), Refusal::JwkAlgorithmConflict),
            (format!("{ED25519},\"alg\":\"ES256\""), Refusal::JwkAlgorithmConflict),
            (format!("{ED25519},\"use\":\"enc\""), Refusal::JwkMayNotVerify),
        ] {
            assert_eq!(read(&members), Err(refusal), "{members}");
        }
    }

    #[test]
    fn material_is_checked() {
        for (members, refusal) in [
            (P384.replace("HkG1", "AAAA"), Refusal::PointInvalid),
            (P384.replace("P-384", "P-256"), Refusal::JwkMalformed),
            (P256.replace("P-256", "P-384"), Refusal::PointInvalid),
            (P256.replace("\"crv\":\"P-256\",", ""), Refusal::JwkMalformed),
            (ED25519.replace("11qY", "11q"), Refusal::JwkMalformed),
            (ED25519.replace("URo", "URp"), Refusal::JwkMalformed),
            (rsa().replacen("oooo", "++++", 1), Refusal::JwkMalformed),
            (r#""kty":"RSA","n":"AQ","e":"AQAB""#.to_owned(), Refusal::ModulusSize),
            (rsa().replace("AQAB", "AQAA"), Refusal::JwkMalformed),
            (rsa().replace("AQAB", "AQAB="), Refusal::JwkMalformed),
            (rsa().replace("AQAB", "AA"), Refusal::JwkMalformed),
            (rsa().replace("AQAB", "AQ"), Refusal::JwkMalformed),
            (rsa().replace("AQAB", "______8"), Refusal::JwkMalformed),
            (P521.replace("AHKZ", "AXKZ"), Refusal::PointInvalid),
            (P521.replace("AHKZ", "AAAAAHKZ"), Refusal::JwkMalformed),
            (rsa().replace("\"n\"", "\"N\""), Refusal::JwkMalformed),
        ] {
            assert_eq!(read(&members), Err(refusal), "{members}");
        }
    }

    #[test]
    fn the_fault_is_named_with_what_is_allowed() {
        let long = "A".repeat(44);
        for (members, member, words) in [
            (r#""kty":"RSA","n":"AQ","e":"AQAB""#, Some("n"), "n has 1 bit; allowed: 2048 to 8192."),
            (r#""kty":"RSA","e":"AQAB""#, Some("n"), "n is missing; allowed: a string of base64url."),
            (r#""kty":"RSA","n":null,"e":"AQAB""#, Some("n"), "n is missing; allowed: a string of base64url."),
            (r#""kty":"RSA","n":7,"e":"AQAB""#, Some("n"), "n is a number; allowed: a string of base64url."),
            (
                r#""kty":"RSA","n":"a+b/","e":"AQAB""#,
                Some("n"),
                "n is not base64url at character 2; base64url has - and _ for + and /.",
            ),
            (
                r#""kty":"RSA","n":"ab d","e":"AQAB""#,
                Some("n"),
                "n is not base64url at character 3; allowed: A-Z, a-z, 0-9, - and _.",
            ),
            (r#""kty":"EC","x":"AA","y":"AA""#, Some("crv"), "crv is missing; allowed: P-256, P-384, P-521."),
            (
                r#""kty":"EC","crv":"secp256k1""#,
                Some("crv"),
                "crv is \"secp256k1\"; allowed for EC: P-256, P-384, P-521.",
            ),
            (r#""kty":"OKP","crv":"X25519","x":"AA""#, Some("crv"), "crv is \"X25519\"; allowed for OKP: Ed25519."),
            (r#""kty":"OKP","crv":"Ed25519","x":"AA""#, Some("x"), "x has 1 byte; allowed on this curve: 32."),
            (
                &format!(r#""kty":"EC","crv":"P-256","x":"{long}AA","y":"{long}""#),
                Some("x"),
                "x has 34 bytes; allowed on this curve: 32.",
            ),
            (r#""kty":"EC","crv":"P-256","x":"AQ","y":"AQ""#, None, "x and y are not a point on \"P-256\"."),
            (r#""kty":"AKP","alg":"ML-DSA-44""#, Some("kty"), "kty is \"AKP\"; allowed: EC, OKP, RSA and oct."),
            (r#""kid":"a""#, Some("kty"), "kty is missing; allowed: EC, OKP, RSA and oct."),
            (r#""kty":"RSA","kid":7"#, Some("kid"), "kid is a number; allowed: a string."),
            (r#""kty":"RSA","kid":"a","kid":"b""#, None, "The member \"kid\" is there twice."),
            (r#""kty":"RSA","#, None, "The text is not JSON at line 1, column 14."),
            (r#""kty":"EC","crv":"P-256","use":"enc""#, Some("x"), "x is missing; allowed: a string of base64url."),
            (&format!(r#"{P256},"use":"enc""#), Some("use"), "use is \"enc\"; allowed: \"sig\" and \"jwt-svid\"."),
            (
                &format!(r#"{P256},"key_ops":["sign","wrapKey"]"#),
                Some("key_ops"),
                "key_ops has \"sign, wrapKey\" but not \"verify\".",
            ),
            (
                &format!(r#"{P256},"key_ops":"verify""#),
                Some("key_ops"),
                "key_ops is a string; allowed: a list of strings.",
            ),
            (
                &format!(r#"{P256},"key_ops":["verify",1]"#),
                Some("key_ops"),
                "key_ops is a list with something else than strings; allowed: a list of strings.",
            ),
            (&format!(r#"{P256},"alg":"ES384""#), Some("alg"), "alg is \"ES384\"; allowed for this key: ES256."),
            (&format!(r#"{P256},"alg":"ECDH-ES""#), Some("alg"), "alg is \"ECDH-ES\"; allowed: ES256."),
            (
                &format!(r#"{},"alg":"RSA-OAEP""#, rsa()),
                Some("alg"),
                "alg is \"RSA-OAEP\"; allowed: RS256, RS384, RS512, PS256, PS384, PS512.",
            ),
            (&rsa().replace("AQAB", "AQ"), Some("e"), "e is 0 or 1; allowed: an odd number from 3 on."),
            (&rsa().replace("AQAB", "AQAA"), Some("e"), "e is an even number; allowed: an odd number from 3 on."),
            (&rsa().replace("AQAB", "AQABA"), Some("e"), "e is no complete base64url; it has 5 characters."),
            (&rsa().replace("AQAB", "______8"), Some("e"), "e has 40 bits; allowed: 33 at most."),
            (r#""kty":"oct","k":"c2VjcmV0""#, Some("k"), "k has 6 bytes; allowed for HS256: 32 to 512."),
            (r#""kty":"oct""#, Some("k"), "k is missing; allowed: a string of base64url."),
        ] {
            assert_eq!(fault(members), (member, words.to_owned()), "{members}");
        }
    }

    #[test]
    fn a_fault_shows_no_secret() {
        for members in [
            r#""kty":"oct","k":"U0VDUkVU U0VDUkVU""#,
            r#""kty":"oct","k":"U0VDUkVU""#,
            r#""kty":"oct","k":["U0VDUkVU"]"#,
            r#""kty":"oct","k":"U0VDUkVU","k":"U0VDUkVU""#,
            r#""kty":"oct","k":"U0VDUkVU"#,
            r#""kty":"RSA","d":"U0VDUkVU","n":"AQ","e":"AQAB""#,
        ] {
            let (_, words) = fault(members);
            assert!(!words.contains("U0V"), "{words}");
        }
    }

    #[test]
    fn a_short_secret_is_taken_only_when_asked_for() {
        let options = KeyOptions { short_secrets: true, ..KeyOptions::new() };
        let algorithms = |members: &str| algorithms(members, options).map_err(|fault| fault.refusal());
        let all = HMAC.map(|(algorithm, _)| algorithm);
        let short = r#""kty":"oct","k":"c2VjcmV0""#;
        assert_eq!(read(short), Err(Refusal::SecretTooShort));
        assert_eq!(algorithms(short).as_deref(), Ok(all.as_slice()));
        assert_eq!(algorithms(&format!("{short},\"alg\":\"HS512\"")), Ok(vec![Algorithm::Hs512]));
        assert_eq!(algorithms(r#""kty":"oct","k":"""#), Err(Refusal::SecretTooShort));
        assert_eq!(algorithms(&format!("{short},\"use\":\"enc\"")), Err(Refusal::JwkMayNotVerify));
        assert_eq!(raw_secret(b"secret", &all, options).unwrap().len(), 3);
        assert_eq!(raw_secret(b"secret", &all, KeyOptions::new()).err(), Some(Refusal::SecretTooShort));
    }
}
