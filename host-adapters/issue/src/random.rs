//! Random identifiers and secrets from AWS-LC's generator.

use crate::signer::SignError;
use aws_lc_rs::rand;
use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

/// Returns a `jti`: 128 random bits in base64url.
pub(crate) fn token_id() -> Result<String, SignError> {
    Ok(Base64UrlUnpadded::encode_string(bytes::<16>()?.as_slice()))
}

pub(crate) fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, SignError> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::fill(bytes.as_mut_slice()).map_err(|_| SignError::NoRandomness)?;
    Ok(bytes)
}
