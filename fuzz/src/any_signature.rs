//! Keys of every algorithm that find every signature genuine, through the public trait: there is no switch for fuzzing in
//! the product. What they are shown is compared with the token.

use crate::reading::base64url;
use crate::reading::header::Header;
use crate::reading::token::OtherKeys;
use glowband_core::{Algorithm, KeyEntry, Refusal, SignatureCheck, SignatureMismatch};

/// A key of one algorithm for this one token.
pub struct AnySignature<'t> {
    algorithm: Algorithm,
    token: &'t [u8],
}

impl SignatureCheck for AnySignature<'_> {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        let last = self.token.iter().rposition(|byte| *byte == b'.').expect("two dots");
        assert_eq!(signing_input.escape_ascii().to_string(), self.token[..last].escape_ascii().to_string());
        assert_eq!(Some(signature), base64url::decode(&self.token[last + 1..]).as_deref());
        Ok(())
    }
}

/// Shows a source of keys, one of each algorithm, to `verify`.
pub fn with_any_signature<R>(token: &[u8], verify: impl FnOnce(&[KeyEntry<'_>]) -> R) -> R {
    let keys: Vec<_> = Algorithm::ALL.iter().map(|algorithm| AnySignature { algorithm: *algorithm, token }).collect();
    let entries: Vec<_> = keys.iter().map(|key| KeyEntry { kid: None, key }).collect();
    verify(&entries)
}

/// The same for the second reading.
pub struct AnyOtherKey;

impl OtherKeys for AnyOtherKey {
    fn select(&self, _: &Header) -> Result<(), Refusal> {
        Ok(())
    }

    fn genuine(&self, _: &Header, _: &[u8], _: &[u8]) -> bool {
        true
    }
}
