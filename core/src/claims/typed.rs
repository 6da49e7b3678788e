//! A caller's own claims struct, by `serde-json-core`.

use crate::Refusal;
use serde::Deserialize;
use serde_json_core::de::Deserializer;

/// Reads `json`, which was validated before, into `T`.
///
/// Strings with escapes are unescaped through `buffer`: they fit an owned string such as `heapless::String`, never a
/// `&str`, so that no one compares with a spelling instead of a value.
pub(crate) fn deserialize<'t, T: Deserialize<'t>>(json: &'t [u8], buffer: &mut [u8]) -> Result<T, Refusal> {
    let mut deserializer = Deserializer::new(json, Some(buffer));
    let claims = T::deserialize(&mut deserializer).map_err(|_| Refusal::ClaimsUnfit)?;
    deserializer.end().map_err(|_| Refusal::ClaimsUnfit)?;
    Ok(claims)
}
