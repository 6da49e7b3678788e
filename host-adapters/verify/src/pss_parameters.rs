//! The parameters of an RSASSA-PSS key (RFC 4055 §3.1), which bind it to one hash.

use glowband_core::{Algorithm, Refusal};
use spki::der::asn1::ContextSpecific;
use spki::der::{AnyRef, TagNumber};
use spki::{AlgorithmIdentifierRef, ObjectIdentifier};

const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
/// Each hash, its algorithm in JOSE, and its length, which is also that of the salt there (RFC 7518 §3.5).
const HASHES: [(ObjectIdentifier, Algorithm, u8); 3] = [
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"), Algorithm::Ps256, 32),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), Algorithm::Ps384, 48),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), Algorithm::Ps512, 64),
];

/// Returns the algorithm that the parameters bind a key to, or `None` without parameters.
///
/// # Errors
/// [`Refusal::KeyMalformed`] for damage; [`Refusal::KeyUnsupported`] for parameters that JOSE has no algorithm for:
/// SHA-1, which is the default, another hash for the mask than for the message, a salt that must be longer than the hash.
pub(crate) fn algorithm(parameters: Option<AnyRef<'_>>) -> Result<Option<Algorithm>, Refusal> {
    let Some(parameters) = parameters else {
        return Ok(None);
    };
    let read = parameters.sequence(|fields| {
        let hash = ContextSpecific::<AlgorithmIdentifierRef<'_>>::decode_explicit(fields, TagNumber(0))?;
        let mask = ContextSpecific::<AlgorithmIdentifierRef<'_>>::decode_explicit(fields, TagNumber(1))?;
        let salt = ContextSpecific::<u32>::decode_explicit(fields, TagNumber(2))?;
        let trailer = ContextSpecific::<u8>::decode_explicit(fields, TagNumber(3))?;
        Ok::<_, spki::der::Error>((
            hash.map(|hash| hash.value.oid),
            mask.map(|mask| mask.value),
            salt.map_or(20, |salt| salt.value),
            trailer.map_or(1, |trailer| trailer.value),
        ))
    });
    let (hash, mask, salt, trailer) = read.map_err(|_| Refusal::KeyMalformed)?;
    let mask_hash = match mask {
        Some(AlgorithmIdentifierRef { oid: MGF1, parameters: Some(hash) }) => {
            let hash = hash.decode_as::<AlgorithmIdentifierRef<'_>>().map_err(|_| Refusal::KeyMalformed)?;
            Some(hash.oid)
        }
        _ => None,
    };
    let found = HASHES.into_iter().find(|(own, ..)| hash == Some(*own) && mask_hash == Some(*own));
    match found {
        // A key says how long the salt is at least.
        Some((_, algorithm, length)) if salt <= u32::from(length) && trailer == 1 => Ok(Some(algorithm)),
        _ => Err(Refusal::KeyUnsupported),
    }
}
