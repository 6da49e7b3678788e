//! Verifies many signatures at once, eight side by side. Their keys may differ.

use super::host_key::HostEs256Key;
use super::ifma::{Ifma, Tables};
use super::prepared_key::PreparedKey;
use glowband_core::{SignatureCheck, SignatureMismatch};
use glowband_p256::internals::SignatureScalars;
use sha2::{Digest, Sha256};

/// A signature, the bytes that it covers, and the key that verifies it.
#[derive(Clone, Copy)]
pub(crate) struct Es256Signature<'s> {
    pub(crate) key: &'s HostEs256Key,
    pub(crate) signing_input: &'s [u8],
    pub(crate) signature: &'s [u8],
}

type Verdict = Result<(), SignatureMismatch>;

/// Signatures side by side.
const LANES: usize = 8;
/// Fewer are faster one after the other.
const FEWEST: usize = 6;

/// Returns the verdict on each, in order. Verification one after the other gives the same verdicts.
pub(crate) fn check_all(signatures: &[Es256Signature<'_>]) -> Vec<Verdict> {
    let mut verdicts = vec![Err(SignatureMismatch); signatures.len()];
    // One key without vectors would make the whole group of eight go one by one.
    let has_vectors = |signed: &Es256Signature<'_>| signed.key.prepared().is_some_and(|key| key.vectors().is_some());
    let (mut ready, others): (Vec<_>, Vec<_>) =
        signatures.iter().zip(&mut verdicts).partition(|(signed, _)| has_vectors(signed));
    others.into_iter().for_each(|(signed, place)| *place = alone(signed));
    for some in ready.chunks_mut(LANES) {
        let signed: Vec<_> = some.iter().map(|(signed, _)| **signed).collect();
        match side_by_side(&signed) {
            Some(eight) => some.iter_mut().zip(eight).for_each(|((_, place), verdict)| **place = verdict),
            None => some.iter_mut().for_each(|(signed, place)| **place = alone(signed)),
        }
    }
    verdicts
}

fn alone(signed: &Es256Signature<'_>) -> Verdict {
    signed.key.check(signed.signing_input, signed.signature)
}

/// Returns `None` if the processor, a key or the number of signatures is not suitable.
fn side_by_side(signatures: &[Es256Signature<'_>]) -> Option<[Verdict; LANES]> {
    if signatures.len() < FEWEST {
        return None;
    }
    let mut prepared = [None; LANES];
    let mut hashes = [[0; 32]; LANES];
    let mut values = [&[0; 64]; LANES];
    for (lane, signed) in signatures.iter().enumerate().take(LANES) {
        prepared[lane] = Some(signed.key.prepared()?);
        hashes[lane] = Sha256::digest(signed.signing_input).into();
        values[lane] = signed.signature.try_into().ok()?;
    }
    check_hashes(&prepared, &hashes, values)
}

/// The same over hashes; lanes without a key are empty.
pub(super) fn check_hashes(
    keys: &[Option<&PreparedKey>; LANES],
    hashes: &[[u8; 32]; LANES],
    signatures: [&[u8; 64]; LANES],
) -> Option<[Verdict; LANES]> {
    let scalars: [_; LANES] = SignatureScalars::batch(std::array::from_fn(|lane| (signatures[lane], &hashes[lane])));
    let mut ifma: Option<Ifma> = None;
    let mut lanes: [Option<(Tables<'_>, SignatureScalars)>; LANES] = [None; LANES];
    for (lane, (key, scalars)) in lanes.iter_mut().zip(keys.iter().zip(scalars)) {
        if let Some(key) = key {
            let (detected, tables) = key.vectors()?;
            ifma = Some(detected);
            // r or s out of range: the lane stays empty, and is refused.
            *lane = scalars.map(|scalars| (tables, scalars));
        }
    }
    Some(ifma?.check_eight(&lanes).map(|genuine| if genuine { Ok(()) } else { Err(SignatureMismatch) }))
}
