//! Ed25519 (RFC 8032, RFC 8037 §3.1) through aws-lc.

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use glowband_core::{Algorithm, Refusal, SignatureCheck, SignatureMismatch};
use std::fmt;

/// A public key for `EdDSA` with the curve Ed25519.
#[derive(Clone)]
pub struct Ed25519Key {
    key: ParsedPublicKey,
}

impl Ed25519Key {
    /// A key from its 32 bytes, as a JWK's `x` has them (RFC 8037 §2).
    ///
    /// # Errors
    /// [`Refusal::KeyMalformed`] for another length.
    pub fn new(public: &[u8]) -> Result<Self, Refusal> {
        if public.len() != 32 {
            return Err(Refusal::KeyMalformed);
        }
        let key = ParsedPublicKey::new(&ED25519, public).map_err(|_| Refusal::KeyMalformed)?;
        Ok(Self { key })
    }
}

impl SignatureCheck for Ed25519Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.key.verify_sig(signing_input, signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Key(public)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64UrlUnpadded, Encoding};

    #[test]
    fn rfc_8037_a_4_verifies_and_every_changed_byte_does_not() {
        let decode = |text: &str| Base64UrlUnpadded::decode_vec(text).unwrap();
        let key = Ed25519Key::new(&decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).unwrap();
        let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature =
            decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        assert_eq!(key.check(input, &signature), Ok(()));
        for at in 0..64 {
            let mut wrong = signature.clone();
            wrong[at] ^= 1;
            assert_eq!(key.check(input, &wrong), Err(SignatureMismatch));
        }
        assert_eq!(key.check(b"a.b", &signature), Err(SignatureMismatch));
    }

    #[test]
    fn a_key_has_32_bytes() {
        for length in [0, 31, 33, 44] {
            assert_eq!(Ed25519Key::new(&vec![1; length]).err(), Some(Refusal::KeyMalformed));
        }
    }
}
