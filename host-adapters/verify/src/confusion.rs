//! Refuses key files as HMAC secrets. A verifier that used a published key as a secret would accept every token signed with
//! it (CVE-2016-10555 and its many successors).

use crate::alg::EcdsaKey;
use crate::public_key::PublicKey;
use glowband_core::{Es256Key, Jwk, Refusal};

/// Refuses bytes that are a key in another form: PEM, JWK, DER, a certificate, or a SEC1 point; supported or not.
///
/// # Errors
/// [`Refusal::KeyMalformed`].
pub(crate) fn refuse_keys_as_secret(secret: &[u8]) -> Result<(), Refusal> {
    let pem = secret.windows(11).any(|window| window == b"-----BEGIN ");
    let text = secret.strip_prefix(b"\xef\xbb\xbf").unwrap_or(secret);
    let jwk = Jwk::parse(text.trim_ascii()).is_ok() || is_jwk_set(text);
    let is_key = |read: Result<PublicKey, Refusal>| read != Err(Refusal::KeyMalformed);
    let der = [PublicKey::from_spki, PublicKey::from_pkcs1, PublicKey::from_certificate]
        .iter()
        .any(|read| is_key(read(secret)));
    let point = match secret.len() {
        65 => Es256Key::from_sec1(secret).is_ok(),
        97 => EcdsaKey::es384(secret).is_ok(),
        133 => EcdsaKey::es512(secret).is_ok(),
        _ => false,
    };
    if pem || jwk || der || point { Err(Refusal::KeyMalformed) } else { Ok(()) }
}

fn is_jwk_set(text: &[u8]) -> bool {
    let json = serde_json::from_slice::<serde_json::Value>(text);
    json.is_ok_and(|json| json.get("keys").is_some_and(serde_json::Value::is_array))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyFileError, KeyReader};

    const JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    fn spki() -> Vec<u8> {
        let head = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        [head.as_slice(), &point()].concat()
    }

    fn point() -> Vec<u8> {
        let (mut x, mut y) = ([0; 32], [0; 32]);
        let jwk = Jwk::parse(JWK.as_bytes()).unwrap();
        jwk.bytes("x", &mut x).unwrap();
        jwk.bytes("y", &mut y).unwrap();
        [[4].as_slice(), &x, &y].concat()
    }

    #[test]
    fn a_key_in_any_form_is_no_secret() {
        let pem =
            b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n".to_vec();
        let set = format!("{{\"keys\":[{JWK}]}}").into_bytes();
        let with_newline = format!("{JWK}\n").into_bytes();
        let with_mark = format!("\u{feff}{JWK}").into_bytes();
        // A curve that is not supported makes it no secret.
        let mut other_curve = spki();
        other_curve[22] ^= 1;
        let pair = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&pair).unwrap().der().to_vec();
        let larger = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap().public_key_raw().to_vec();
        for key in [
            pem,
            JWK.as_bytes().to_vec(),
            with_newline,
            with_mark,
            set,
            spki(),
            other_curve,
            point(),
            certificate,
            larger,
        ] {
            assert_eq!(KeyReader::new().secret(&key).err(), Some(KeyFileError::KeyAsSecret));
            let reader = KeyReader::new().danger_allow_short_secret();
            assert_eq!(reader.secret(&key).err(), Some(KeyFileError::KeyAsSecret));
        }
    }

    #[test]
    fn a_secret_may_look_like_anything_else() {
        for secret in [
            &[4; 65][..],
            &[4; 97],
            &[4; 133],
            b"{\"kty\": is how my passphrase begins",
            b"{\"a\":\"JSON of another kind, 32+\"}",
            &[0x30; 64],
        ] {
            assert!(KeyReader::new().secret(secret).is_ok());
        }
    }
}
