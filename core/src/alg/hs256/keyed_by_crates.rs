//! HMAC by RustCrypto's `hmac` and `sha2`, which use a processor's hash instructions.

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::array::Array;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use sha2::Sha256;

/// The hash states behind the inner and the outer key block.
#[derive(Clone)]
pub(super) struct Keyed(HmacCore<Sha256>);

impl Keyed {
    /// HMAC takes a key of any length, so this cannot fail.
    pub(super) fn new(secret: &[u8]) -> Option<Self> {
        HmacCore::new_from_slice(secret).ok().map(Self)
    }

    /// The whole input is at hand, so its blocks are hashed where they lie; only what is behind the last whole one is
    /// buffered. `None` does not happen: that rest is shorter than a block.
    pub(super) fn tag(&self, input: &[u8]) -> Option<[u8; 32]> {
        let mut mac = self.0.clone();
        let (blocks, rest) = input.as_chunks();
        mac.update_blocks(Array::cast_slice_from_core(blocks));
        let mut buffer = Buffer::<HmacCore<Sha256>>::try_new(rest).ok()?;
        let mut tag = Array::default();
        mac.finalize_fixed_core(&mut buffer, &mut tag);
        Some(tag.0)
    }
}
