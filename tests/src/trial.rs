//! One vector, tried by the core in every way the core has.

use crate::vector::{self, Case, OneOrMany, Presented, Vector, Verdict};
use glowband_core::{
    Es256Key, Hs256Key, Jwk, Key, KeyEntry, KeyRing, KeySource, Limits, Policy, Refusal, ReplayWindow,
    SignatureVerifier, UnixSeconds, Verifier, scratch_needed,
};
use serde_json::Value;

/// The ring and the window of the vectors; their capacities are part of a type.
pub const RING: (usize, usize) = (2, 16);
pub const WINDOW: (usize, usize) = (2, 16);

/// The verdict of one way of verifying.
pub type Outcome = (&'static str, Result<(), Refusal>);

/// The caller's own struct of the vectors of kind `claims`.
#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "only whether it fits is of interest")]
pub struct DoorClaims<'t> {
    door: &'t str,
    floor: Option<i8>,
}

/// Keys by value, so that they can be borrowed as entries.
#[derive(Debug)]
pub struct Keys {
    keys: Vec<(Option<Vec<u8>>, Key)>,
}

impl Keys {
    /// Reads JWKs through the core.
    ///
    /// # Errors
    /// The refusal of the first one that is no key.
    pub fn read(jwks: &[Value]) -> Result<Self, Refusal> {
        let keys = jwks.iter().map(|jwk| {
            let text = jwk.to_string();
            let jwk = Jwk::parse(text.as_bytes())?;
            Ok((jwk.key_id().map(|kid| kid.bytes().collect()), jwk.key()?))
        });
        Ok(Self { keys: keys.collect::<Result<_, Refusal>>()? })
    }

    /// The entries to verify with.
    pub fn entries(&self) -> Vec<KeyEntry<'_>> {
        self.keys.iter().map(|(kid, key)| KeyEntry { kid: kid.as_deref(), key }).collect()
    }
}

impl vector::Policy {
    /// Calls `use_policy` with the core's policy, which borrows lists that live only for the call.
    pub fn with<R>(&self, limits: Option<vector::Limits>, use_policy: impl FnOnce(&Policy<'_>) -> R) -> R {
        let (issuers, audiences) = (list(self.iss.as_ref()), list(self.aud.as_ref()));
        let policy = match &self.iss {
            Some(OneOrMany::One(issuer)) => Policy::issuer(issuer),
            Some(OneOrMany::Many(_)) => Policy::any_issuer_of(&issuers),
            None => Policy::danger_any_issuer(),
        };
        let mut policy = match &self.aud {
            Some(OneOrMany::One(audience)) => policy.audience(audience),
            Some(OneOrMany::Many(_)) => policy.any_audience_of(&audiences),
            None => policy.danger_any_audience(),
        };
        if let Some(subject) = &self.sub {
            policy = policy.subject(subject);
        }
        if let Some(token_type) = &self.typ {
            policy = policy.token_type(token_type);
        }
        if let Some(age) = self.max_age {
            policy = policy.maximum_age(age);
        }
        if self.allow_missing_expiry {
            policy = policy.allow_missing_expiry();
        }
        if self.require_jti {
            policy = policy.require_token_id();
        }
        use_policy(&policy.leeway(self.leeway).limits(core_limits(limits)))
    }
}

fn list(several: Option<&OneOrMany>) -> Vec<&str> {
    match several {
        Some(OneOrMany::Many(several)) => several.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The core's limits.
pub fn core_limits(limits: Option<vector::Limits>) -> Limits {
    let given = limits.unwrap_or_default();
    let mut limits = Limits::DEFAULT;
    if let Some(bytes) = given.token_bytes {
        limits = limits.token_bytes(bytes);
    }
    if let Some(depth) = given.nesting {
        limits = limits.nesting_depth(depth);
    }
    if let Some(count) = given.members {
        limits = limits.member_count(count);
    }
    if let Some(count) = given.keys {
        limits = limits.keys_tried(count);
    }
    limits
}

/// The verdict of the vector, as the core would have it.
pub fn expected(verdict: &Verdict) -> Result<(), Refusal> {
    match Refusal::from_code(verdict.number) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// Tries a vector in every way that its kind has. Kinds that the core does not know give nothing.
pub fn run(vector: &Vector) -> Vec<Outcome> {
    match &vector.case {
        Case::Verify(presented) => verify(presented),
        Case::Jws(presented) => with_keys(presented, |entries| signatures(presented, entries)),
        Case::Claims { presented, into, unescape_bytes } => {
            assert_eq!(into, "DoorClaims", "{}: no such struct", vector.name);
            claims(presented, *unescape_bytes)
        }
        Case::Key { jwk } => vec![("key", Jwk::parse(jwk.as_bytes()).and_then(|jwk| jwk.key()).map(drop))],
        Case::Secret { secret_hex } => vec![("secret", Hs256Key::new(&vector::from_hex(secret_hex)).map(drop))],
        Case::Point { point_hex } => vec![("point", Es256Key::from_sec1(&vector::from_hex(point_hex)).map(drop))],
        Case::Ring { capacity, kid_bytes, keys } => {
            assert_eq!((*capacity, *kid_bytes), RING, "{}", vector.name);
            vec![("ring", ring(keys))]
        }
        Case::Replay { capacity, jti_bytes, keys, policy, steps } => {
            assert_eq!((*capacity, *jti_bytes), WINDOW, "{}", vector.name);
            vec![("replay", replay(&vector.name, keys, policy, steps))]
        }
        Case::KeyFile { .. } | Case::Request { .. } => Vec::new(),
    }
}

fn with_keys(presented: &Presented, outcomes: impl FnOnce(&[KeyEntry<'_>]) -> Vec<Outcome>) -> Vec<Outcome> {
    match Keys::read(&presented.keys) {
        Ok(keys) => outcomes(&keys.entries()),
        Err(refusal) => vec![("keys", Err(refusal))],
    }
}

/// The buffers that a token is verified in: the one that the case names; or one that just fits, and a larger one with
/// old bytes in it.
pub fn scratches(presented: &Presented, token: &[u8]) -> Vec<Vec<u8>> {
    match presented.scratch {
        Some(length) => vec![vec![0; length]],
        None => vec![vec![0; scratch_needed(token)], vec![b'.'; scratch_needed(token) + 100]],
    }
}

fn verify(presented: &Presented) -> Vec<Outcome> {
    with_keys(presented, |entries| verdicts(presented, entries))
}

/// The verdicts on the whole token.
pub fn verdicts<K: KeySource + ?Sized>(presented: &Presented, keys: &K) -> Vec<Outcome> {
    let token = presented.token.bytes();
    let now = presented.now.map(UnixSeconds);
    presented.policy.with(presented.limits, |policy| {
        let verifier = Verifier::new(keys, policy);
        let mut outcomes = Vec::new();
        for mut scratch in scratches(presented, &token) {
            outcomes.push(("verify", verifier.verify(&token, now, &mut scratch).map(drop)));
        }
        if presented.scratch.is_none() {
            outcomes.push(("verify_in_place", verifier.verify_in_place(&mut token.clone(), now).map(drop)));
        }
        outcomes
    })
}

/// The verdicts on the signature alone.
pub fn signatures<K: KeySource + ?Sized>(presented: &Presented, keys: &K) -> Vec<Outcome> {
    let token = presented.token.bytes();
    let verifier = SignatureVerifier::new(keys).limits(core_limits(presented.limits));
    let mut outcomes = Vec::new();
    for mut scratch in scratches(presented, &token) {
        outcomes.push(("signature", verifier.verify(&token, &mut scratch).map(drop)));
    }
    if presented.scratch.is_none() {
        outcomes.push(("signature in place", verifier.verify_in_place(&mut token.clone()).map(drop)));
    }
    outcomes
}

fn claims(presented: &Presented, unescape_bytes: usize) -> Vec<Outcome> {
    let token = presented.token.bytes();
    let now = presented.now.map(UnixSeconds);
    with_keys(presented, |entries| {
        presented.policy.with(presented.limits, |policy| {
            let mut scratch = vec![0; scratch_needed(&token)];
            let verified = Verifier::new(entries, policy).verify(&token, now, &mut scratch);
            let verified = verified.expect("tokens of this kind are accepted");
            let mut buffer = vec![0; unescape_bytes];
            vec![
                ("claims", verified.claims::<DoorClaims<'_>>().map(drop)),
                ("claims_with", verified.claims_with::<DoorClaims<'_>>(&mut buffer).map(drop)),
            ]
        })
    })
}

fn ring(jwks: &[Value]) -> Result<(), Refusal> {
    let mut ring = KeyRing::<{ RING.0 }, { RING.1 }>::new();
    let mut last = Ok(());
    for (kid, key) in Keys::read(jwks)?.keys {
        assert_eq!(last, Ok(()), "only the last key is refused");
        last = ring.add(&kid.unwrap_or_default(), key);
    }
    last
}

fn replay(name: &str, jwks: &[Value], policy: &vector::Policy, steps: &[vector::Redemption]) -> Result<(), Refusal> {
    let keys = Keys::read(jwks)?;
    let entries = keys.entries();
    let mut window = ReplayWindow::<{ WINDOW.0 }, { WINDOW.1 }>::new();
    let mut last = Ok(());
    for (index, step) in steps.iter().enumerate() {
        let now = step.now.map(UnixSeconds);
        let mut scratch = vec![0; scratch_needed(step.token.as_bytes())];
        last = policy.with(None, |policy| {
            let verified =
                Verifier::new(entries.as_slice(), policy).verify(step.token.as_bytes(), now, &mut scratch)?;
            window.redeem(&verified)
        });
        assert_eq!(last, expected(&step.expected), "{name}: step {index}");
    }
    last
}
