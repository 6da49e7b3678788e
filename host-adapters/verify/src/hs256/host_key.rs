//! An HS256 key on a server: the core's, and its two prepared states for several hashes at once.

use glowband_core::{Algorithm, Hs256Key, Refusal, SignatureCheck, SignatureMismatch};
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// A state of SHA-256, after whole blocks.
pub(super) type State = [u32; 8];

/// A secret for `HS256`.
pub(crate) struct HostHs256Key {
    key: Hs256Key,
    inner: Zeroizing<State>,
    outer: Zeroizing<State>,
}

impl HostHs256Key {
    /// A key from the secret's raw bytes, which are not kept.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`] as for the core's key.
    pub(crate) fn new(secret: &[u8]) -> Result<Self, Refusal> {
        let key = Hs256Key::new(secret)?;
        // RFC 2104 §2: the secret fills a block, or its hash does if it is longer than one.
        let mut block = Zeroizing::new([0; 64]);
        match block.get_mut(..secret.len()) {
            Some(place) => place.copy_from_slice(secret),
            None => block.iter_mut().zip(Sha256::digest(secret)).for_each(|(place, byte)| *place = byte),
        }
        let after = |pad: u8| {
            let block = Zeroizing::new(block.map(|byte| byte ^ pad));
            let mut state = Zeroizing::new(INITIAL);
            compress256(&mut state, &[*block]);
            state
        };
        Ok(Self { key, inner: after(0x36), outer: after(0x5c) })
    }

    pub(super) fn inner(&self) -> &State {
        &self.inner
    }

    pub(super) fn outer(&self) -> &State {
        &self.outer
    }
}

/// FIPS 180-4 §5.3.3.
const INITIAL: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

impl SignatureCheck for HostHs256Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Hs256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.key.check(signing_input, signature)
    }
}

impl fmt::Debug for HostHs256Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostHs256Key(secret)")
    }
}
