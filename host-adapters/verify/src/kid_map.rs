//! Maps of names to PEM: `{"kid": "-----BEGIN CERTIFICATE-----…"}`, as Google publishes keys for its session cookies and
//! for its proxies.

use crate::jwk_members::{JwkMembers, kind};
use crate::key_error::{KeyFileError, SkippedKey};
use crate::key_fault::KeyFault;
use crate::key_options::KeyOptions;
use crate::key_set::{KeySet, NamedKeys};
use crate::{pem, pem_sections};
use glowband_core::Refusal;

/// The members, if the text is such a map: a JSON object that is neither a JWK nor a JWK set, with PEM in it.
pub(crate) fn members(text: &[u8]) -> Option<JwkMembers<'_>> {
    let members = JwkMembers::read(text)?;
    let is_set = members.get("keys").is_some_and(|keys| kind(keys) == "a list");
    let has_pem = |name: &str| members.text(name).is_some_and(|text| pem_sections::is_pem(text.as_bytes()));
    let is_map = !is_set && members.0.iter().any(|(name, _)| has_pem(name));
    is_map.then_some(members)
}

/// One key for each name: that of the first certificate, or public key, of its text.
pub(crate) fn read(members: &JwkMembers<'_>, options: KeyOptions) -> Result<KeySet, KeyFileError> {
    if members.repeated().is_some() {
        return Err(KeyFileError::Refused(KeyFault::whole(Refusal::KeyMalformed, "A name is there twice")));
    }
    let preparer = options.preparer();
    let mut set = KeySet::new();
    for (index, (kid, value)) in members.0.iter().enumerate() {
        let text: Result<String, _> = serde_json::from_str(value.get());
        let not_text = || KeyFault::whole(Refusal::KeyMalformed, format!("The value is {}; allowed: PEM", kind(value)));
        let keys = text.map_err(|_| not_text()).and_then(|text| pem::first(text.as_bytes(), &preparer));
        match keys {
            Ok(keys) => set.add_read(NamedKeys { kid: Some(kid.clone()), keys }),
            Err(fault) => set.skip(SkippedKey { index, kid: Some(kid.clone()), fault }),
        }
    }
    preparer.start();
    set.unless_empty()
}
