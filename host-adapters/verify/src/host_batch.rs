//! Many tokens by one snapshot of the keys: their signatures are checked together where the keys are made for it.

use crate::es256::{self, Es256Signature};
use crate::hs256::{self, Hs256Tag};
use crate::key_set::{HostKey, KeySet};
use crate::policy::OwnedPolicy;
use crate::verified_token::{Places, VerifiedToken};
use glowband_core::{Refusal, SignatureClaimed, SignatureMismatch, SignatureVerifier, UnixSeconds};

type Verdict = Result<(), SignatureMismatch>;
type Claimed<'k, 't, 'r> = Result<SignatureClaimed<'k, 't, 'r, KeySet>, Refusal>;

/// How many tokens are held between header and proof. More would not be faster.
const HELD: usize = 32;

/// The verdict on each token, in order: the same as one by one.
pub(crate) fn prove_all(
    keys: &KeySet,
    policy: &OwnedPolicy,
    tokens: &[&[u8]],
    now: Option<UnixSeconds>,
) -> Vec<Result<VerifiedToken, Refusal>> {
    let mut verdicts = Vec::with_capacity(tokens.len());
    for some in tokens.chunks(HELD) {
        let mut rooms: Vec<_> = some.iter().map(|token| room_for(token, policy)).collect();
        let places = places(keys, policy, some, &mut rooms, now);
        let tokens = rooms.into_iter().zip(places);
        verdicts.extend(tokens.map(|(room, places)| Ok(VerifiedToken::new(room, places?))));
    }
    verdicts
}

/// Room to decode a token in; none for one that is refused for its length.
pub(crate) fn room_for(token: &[u8], policy: &OwnedPolicy) -> Box<[u8]> {
    // What is decoded has at most ¾ of the token's length; to know it exactly, the dots would have to be found twice.
    let length = if policy.takes(token) { (token.len() / 4 * 3 + 2).min(token.len()) } else { 0 };
    // The token's own bytes, to be written over: glibc has zeroed memory at hand less quickly than any other.
    token.get(..length).unwrap_or_default().into()
}

fn places(
    keys: &KeySet,
    owned: &OwnedPolicy,
    tokens: &[&[u8]],
    rooms: &mut [Box<[u8]>],
    now: Option<UnixSeconds>,
) -> Vec<Result<Places, Refusal>> {
    let starts: Vec<_> = rooms.iter().map(|room| room.as_ptr().addr()).collect();
    let verifier = SignatureVerifier::new(keys).limits(*owned.token_limits());
    let claimed: Vec<_> = tokens.iter().zip(rooms).map(|(token, room)| verifier.accept(token, room)).collect();
    let verdicts = check_together(keys, &claimed);
    owned.with(|policy| {
        let settled = claimed.into_iter().zip(verdicts).zip(starts);
        let judged = settled.map(|((claimed, verdict), start)| {
            let proven = match verdict {
                Some(verdict) => claimed?.prove_by(verdict)?,
                None => claimed?.prove()?,
            };
            Ok(Places::of(&owned.judge_by(policy, proven, now)?, start))
        });
        judged.collect()
    })
}

/// The verdicts of keys that can check several signatures at once, on tokens that no other key may judge.
fn check_together(keys: &KeySet, claimed: &[Claimed<'_, '_, '_>]) -> Vec<Option<Verdict>> {
    let mut verdicts = vec![None; claimed.len()];
    let (mut es256, mut es256_places) = (Vec::new(), Vec::new());
    let (mut hs256, mut hs256_places) = (Vec::new(), Vec::new());
    for (claimed, place) in claimed.iter().zip(&mut verdicts) {
        let Ok(claimed) = claimed else { continue };
        let (signing_input, signature) = (claimed.signing_input(), claimed.signature());
        match claimed.only_key().and_then(|index| keys.key(index)) {
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
    // Each kind by itself: a verdict never gets to a token of the other.
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
