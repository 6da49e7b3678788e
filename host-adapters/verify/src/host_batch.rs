//! Many tokens with one snapshot of the keys. Signatures are verified together where the keys support it.

use crate::es256::{self, Es256Signature};
use crate::hs256::{self, Hs256Tag};
use crate::key_set::{HostKey, KeySet};
use crate::policy::OwnedPolicy;
use crate::verified_token::{Places, VerifiedToken};
use glowband_core::{Refusal, SignatureMismatch, SignatureVerifier, UnixSeconds, Unverified};

type Verdict = Result<(), SignatureMismatch>;
type Parsed<'k, 't, 'r> = Result<Unverified<'k, 't, 'r, KeySet>, Refusal>;

/// How many tokens are parsed before their signatures are verified. More would not be faster.
const HELD: usize = 32;

/// Returns the verdict on each token, in order. Verification one by one gives the same verdicts.
pub(crate) fn verify_all(
    keys: &KeySet,
    policy: &OwnedPolicy,
    tokens: &[&[u8]],
    now: Option<UnixSeconds>,
) -> Vec<Result<VerifiedToken, Refusal>> {
    let mut verdicts = Vec::with_capacity(tokens.len());
    for some in tokens.chunks(HELD) {
        let mut scratches: Vec<_> = some.iter().map(|token| scratch_for(token, policy)).collect();
        let places = places(keys, policy, some, &mut scratches, now);
        let tokens = scratches.into_iter().zip(places);
        verdicts.extend(tokens.map(|(scratch, places)| Ok(VerifiedToken::new(scratch, places?))));
    }
    verdicts
}

/// Allocates memory to decode a token in; none for a token that is refused for its length.
pub(crate) fn scratch_for(token: &[u8], policy: &OwnedPolicy) -> Box<[u8]> {
    // The decoded parts have at most ¾ of the token's length. The exact length would need a second search for the dots.
    let length = if policy.takes(token) { (token.len() / 4 * 3 + 2).min(token.len()) } else { 0 };
    // A copy of the token, to be overwritten: with glibc that is faster than zeroed memory.
    token.get(..length).unwrap_or_default().into()
}

fn places(
    keys: &KeySet,
    owned: &OwnedPolicy,
    tokens: &[&[u8]],
    scratches: &mut [Box<[u8]>],
    now: Option<UnixSeconds>,
) -> Vec<Result<Places, Refusal>> {
    let verifier = SignatureVerifier::new(keys).limits(*owned.token_limits());
    let parsed: Vec<_> = tokens.iter().zip(scratches).map(|(token, scratch)| verifier.parse(token, scratch)).collect();
    let verdicts = check_together(keys, &parsed);
    owned.with(|policy| {
        let checked = parsed.into_iter().zip(verdicts);
        let places = checked.map(|(parsed, verdict)| {
            let verified = match verdict {
                Some(verdict) => parsed?.with_verdict(verdict)?,
                None => parsed?.verify_signature()?,
            };
            Ok(Places::of(&owned.validate_by(policy, verified, now)?))
        });
        places.collect()
    })
}

/// Verifies the signatures whose only key can verify several at once. `None` for all others.
fn check_together(keys: &KeySet, parsed: &[Parsed<'_, '_, '_>]) -> Vec<Option<Verdict>> {
    let mut verdicts = vec![None; parsed.len()];
    let (mut es256, mut es256_places) = (Vec::new(), Vec::new());
    let (mut hs256, mut hs256_places) = (Vec::new(), Vec::new());
    for (token, place) in parsed.iter().zip(&mut verdicts) {
        let Ok(token) = token else { continue };
        let (signing_input, signature) = (token.signing_input(), token.signature());
        match token.only_key().and_then(|index| keys.key(index)) {
            Some(HostKey::Es256(key)) => {
                es256.push(Es256Signature { key, signing_input, signature });
                es256_places.push(place);
            }
            Some(HostKey::Hs256(key)) => {
                hs256.push(Hs256Tag { key, signing_input, tag: signature });
                hs256_places.push(place);
            }
            Some(HostKey::Other(_)) | None => {}
        }
    }
    // Each kind has its own list, so that a verdict never reaches a token of the other kind.
    for (place, verdict) in es256_places.into_iter().zip(es256::check_all(&es256)) {
        *place = Some(verdict);
    }
    for (place, verdict) in hs256_places.into_iter().zip(hs256::check_all(&hs256)) {
        *place = Some(verdict);
    }
    verdicts
}

#[cfg(test)]
mod tests;
