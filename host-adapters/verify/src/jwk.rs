//! One JWK (RFC 7517 §4) → the keys that it stands for.

use crate::alg::ShortSecret;
use crate::confusion::refuse_keys_as_secret;
use crate::es256::Preparer;
use crate::hs256::HostHs256Key;
use crate::key_file::KeyReader;
use crate::key_set::HostKey;
use crate::public_key::PublicKey;
use glowband_core::{Jwk, Key, MAX_JWK_SECRET, Refusal};
use std::sync::Arc;
use zeroize::Zeroizing;

/// One key, or two for an RSA key that names no algorithm. What the JWK says of itself binds.
pub(crate) fn keys(jwk: &Jwk<'_>, reader: KeyReader, preparer: &Arc<Preparer>) -> Result<Vec<HostKey>, Refusal> {
    if jwk.key_type() == *"oct" {
        if !reader.takes_secrets() {
            return Err(Refusal::KeyUnsupported);
        }
        return secret(jwk, reader).map(|key| vec![key]);
    }
    let public = PublicKey::from_jwk(jwk)?;
    let mut keys = Vec::with_capacity(public.algorithms().len());
    let mut refusal = None;
    for algorithm in public.algorithms() {
        match jwk.permit(*algorithm) {
            Ok(()) => keys.push(public.key_of_set(*algorithm, preparer).map_err(as_jwk)?),
            Err(forbidden) => refusal = Some(forbidden),
        }
    }
    match refusal {
        Some(refusal) if keys.is_empty() => Err(refusal),
        _ => Ok(keys),
    }
}

fn secret(jwk: &Jwk<'_>, reader: KeyReader) -> Result<HostKey, Refusal> {
    match jwk.key() {
        Ok(Key::Hs256(_)) => {}
        Err(Refusal::SecretTooShort) if reader.takes_short_secrets() => {}
        Err(refusal) => return Err(refusal),
        Ok(_) => return Err(Refusal::KeyUnsupported),
    }
    let mut buffer = Zeroizing::new([0; MAX_JWK_SECRET]);
    raw_secret(jwk.bytes("k", buffer.as_mut_slice())?, reader)
}

/// A secret's raw bytes as a key.
pub(crate) fn raw_secret(secret: &[u8], reader: KeyReader) -> Result<HostKey, Refusal> {
    refuse_keys_as_secret(secret)?;
    match HostHs256Key::new(secret) {
        Ok(key) => Ok(HostKey::Hs256(key)),
        Err(Refusal::SecretTooShort) if reader.takes_short_secrets() => {
            Ok(HostKey::Other(Box::new(ShortSecret::danger_allow_short_secret(secret)?)))
        }
        Err(refusal) => Err(refusal),
    }
}

fn as_jwk(refusal: Refusal) -> Refusal {
    if refusal == Refusal::KeyMalformed { Refusal::JwkMalformed } else { refusal }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Algorithm;

    const P256: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    const P384: &str = r#""kty":"EC","crv":"P-384","x":"HkG1-fx1Y4SdGWzEBEJ-cTgr09IyimHFd7r1gvnbS0TtLzfrVIv-YBMHl8mNym04","y":"NpWHgmQJ1Q0xw2ohV2Fp3cjmZ4TkdVfkOs7SLjpIEj3ADRHz49sqxOB6oMBLJUqt""#;
    const ED25519: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    fn rsa() -> String {
        let modulus = format!("{}w", "o".repeat(340)) + "Q";
        format!(r#""kty":"RSA","n":"{modulus}","e":"AQAB""#)
    }

    fn algorithms(members: &str, reader: KeyReader) -> Result<Vec<Algorithm>, Refusal> {
        let text = format!("{{{members}}}");
        let keys = keys(&Jwk::parse(text.as_bytes())?, reader, &reader.preparer())?;
        Ok(keys.iter().map(|key| key.as_check().algorithm()).collect())
    }

    fn read(members: &str) -> Result<Vec<Algorithm>, Refusal> {
        algorithms(members, KeyReader::new())
    }

    #[test]
    fn type_and_curve_decide_the_algorithm() {
        assert_eq!(read(P256), Ok(vec![Algorithm::Es256]));
        assert_eq!(read(P384), Ok(vec![Algorithm::Es384]));
        assert_eq!(read(ED25519), Ok(vec![Algorithm::EdDsa]));
        assert_eq!(read(&format!("{ED25519},\"alg\":\"Ed25519\"")), Ok(vec![Algorithm::EdDsa]));
        assert_eq!(read(&format!("{ED25519},\"alg\":\"EdDSA\"")), Ok(vec![Algorithm::EdDsa]));
        assert_eq!(read(&rsa()), Ok(vec![Algorithm::Rs256, Algorithm::Ps256]));
        assert_eq!(read(&format!("{},\"alg\":\"PS256\"", rsa())), Ok(vec![Algorithm::Ps256]));
        let secret = format!(r#""kty":"oct","k":"{}""#, "A".repeat(43));
        assert_eq!(read(&secret), Ok(vec![Algorithm::Hs256]));
        for other in [
            r#""kty":"EC","crv":"P-521","x":"AA","y":"AA""#,
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
    fn what_the_key_says_of_itself_binds() {
        for (members, refusal) in [
            (format!("{},\"alg\":\"RS512\"", rsa()), Refusal::KeyUnsupported),
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
            (P256.replace("P-256", "P-384"), Refusal::JwkMalformed),
            (P256.replace("\"crv\":\"P-256\",", ""), Refusal::JwkMalformed),
            (ED25519.replace("11qY", "11q"), Refusal::JwkMalformed),
            (ED25519.replace("URo", "URp"), Refusal::JwkMalformed),
            (rsa().replacen("oooo", "AAAA", 1), Refusal::JwkMalformed),
            (r#""kty":"RSA","n":"AQ","e":"AQAB""#.to_owned(), Refusal::ModulusSize),
            (rsa().replace("AQAB", "AQAA"), Refusal::JwkMalformed),
            (rsa().replace("AQAB", "AQAB="), Refusal::JwkMalformed),
            (rsa().replace("\"n\"", "\"N\""), Refusal::JwkMalformed),
        ] {
            assert_eq!(read(&members), Err(refusal), "{members}");
        }
    }

    #[test]
    fn a_short_secret_is_taken_only_when_asked_for() {
        let reader = KeyReader::new().danger_allow_short_secret();
        let short = r#""kty":"oct","k":"c2VjcmV0""#;
        assert_eq!(read(short), Err(Refusal::SecretTooShort));
        assert_eq!(algorithms(short, reader), Ok(vec![Algorithm::Hs256]));
        assert_eq!(algorithms(r#""kty":"oct","k":"""#, reader), Err(Refusal::SecretTooShort));
        assert_eq!(algorithms(&format!("{short},\"use\":\"enc\""), reader), Err(Refusal::JwkMayNotVerify));
        assert_eq!(raw_secret(b"secret", reader).unwrap().as_check().algorithm(), Algorithm::Hs256);
        assert_eq!(raw_secret(b"secret", KeyReader::new()).err(), Some(Refusal::SecretTooShort));
    }
}
