//! A server's verifier over a thousand live tokens, each presented in turn: verified anew, and found in the cache.

use super::{Turns, now_for, prepared};
use crate::peers;
use crate::rounds::Contest;
use glowband_bench::peer::validation;
use glowband_bench::tokens::{AUDIENCE, ISSUER, Pair, SECRET, Sample, ThreeClaims};
use glowband_core::Hs256Key;
use glowband_verify::{HostVerifier, KeySet, OwnedPolicy, Preparation};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, decode};
use std::hint::black_box;

pub const TABLE: &str = "A thousand live tokens, `HostVerifier`";
pub const HIT: &str = "found in the cache";
const LIVE: usize = 1000;

pub fn measure(pair: &Pair, provider: &str) {
    let mut keys = KeySet::new();
    keys.add(None, Hs256Key::new(SECRET).expect("the secret is long enough"));
    let tokens = Sample::many(LIVE, 281, Algorithm::HS256, &EncodingKey::from_secret(SECRET));
    contest("HS256 281 B", &tokens, keys, Algorithm::HS256, &DecodingKey::from_secret(SECRET), provider);

    let mut keys = KeySet::new();
    keys.add(None, prepared(&pair.public_point, Preparation::never()));
    let tokens = Sample::many(LIVE, 324, Algorithm::ES256, &pair.signing_key());
    contest("ES256 324 B", &tokens, keys, Algorithm::ES256, &DecodingKey::from_ec_der(&pair.public_point), provider);
}

fn contest(
    column: &str,
    tokens: &[Sample],
    keys: KeySet,
    algorithm: Algorithm,
    peer_key: &DecodingKey,
    provider: &str,
) {
    let policy = || OwnedPolicy::issuer(ISSUER).audience(AUDIENCE);
    let verifier = HostVerifier::new(keys, policy());
    // The same keys again: a key set is not copied, it is handed on.
    let cached = HostVerifier::new(verifier.keys().clone(), policy()).cache(8 << 20);
    let (now, validation) = (now_for(tokens), validation(algorithm));
    for sample in tokens {
        cached.verify_at(sample.token.as_bytes(), now).expect("the token is genuine");
    }
    let [mut fresh, mut found, mut peer] = [Turns::of(tokens), Turns::of(tokens), Turns::of(tokens)];
    let mut contest = Contest::new(TABLE);
    contest.add(HIT, column, move || {
        black_box(cached.verify_at(found.next().as_bytes(), now).expect("the token is genuine"));
    });
    contest.add("verified anew", column, move || {
        black_box(verifier.verify_at(fresh.next().as_bytes(), now).expect("the token is genuine"));
    });
    contest.add(peers::jsonwebtoken(provider), column, move || {
        black_box(decode::<ThreeClaims>(peer.next(), peer_key, &validation).expect("the token is genuine"));
    });
    contest.run();
}
