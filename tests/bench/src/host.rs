//! A server's verifier over a thousand live tokens, each presented in turn: verified anew, and found in the cache.

use crate::tokens::{AUDIENCE, ISSUER, Pair, SECRET, Sample, ThreeClaims};
use crate::{rounds, validation};
use glowband_core::{Hs256Key, UnixSeconds};
use glowband_verify::{EcdsaKey, HostVerifier, KeySet, OwnedPolicy};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, decode};
use std::hint::black_box;

const LIVE: u16 = 1000;

/// Prints two lines for each algorithm, as the other contests do.
pub fn measure(pair: &Pair) {
    let mut keys = KeySet::new();
    keys.add(None, Hs256Key::new(SECRET).expect("the secret is long enough"));
    let tokens = Sample::many(LIVE.into(), 281, Algorithm::HS256, &EncodingKey::from_secret(SECRET));
    contest("HS256 281 B", tokens, keys, Algorithm::HS256, &DecodingKey::from_secret(SECRET), 1_000);

    let mut keys = KeySet::new();
    keys.add(None, EcdsaKey::es256(&pair.public_point).expect("the point is on the curve"));
    let tokens = Sample::many(LIVE.into(), 324, Algorithm::ES256, &pair.signing_key());
    contest("ES256 324 B", tokens, keys, Algorithm::ES256, &DecodingKey::from_ec_der(&pair.public_point), 50);
}

fn contest(
    path: &str,
    tokens: Vec<Sample>,
    keys: KeySet,
    algorithm: Algorithm,
    peer_key: &DecodingKey,
    repetitions: u32,
) {
    let policy = || OwnedPolicy::expect(ISSUER, AUDIENCE);
    let verifier = HostVerifier::new(keys, policy());
    // The same keys again: a key set is not copied, it is handed on.
    let cached = HostVerifier::new(verifier.keys().clone(), policy()).cache(8 << 20);
    let validation = validation(algorithm);
    let now = UnixSeconds(tokens.iter().map(|sample| sample.now).max().expect("there are tokens"));
    for sample in &tokens {
        cached.verify_at(sample.token.as_bytes(), now).expect("the token is genuine");
    }
    let mut turns = [tokens.iter().cycle(), tokens.iter().cycle(), tokens.iter().cycle()];
    let [fresh, found, peer] = &mut turns;
    let [fresh, found, peer] = rounds::fastest([
        (repetitions, &mut || {
            let token = next_token(fresh);
            black_box(verifier.verify_at(token.as_bytes(), now).expect("the token is genuine"));
        }),
        (5 * u32::from(LIVE), &mut || {
            let token = next_token(found);
            black_box(cached.verify_at(token.as_bytes(), now).expect("the token is genuine"));
        }),
        (repetitions, &mut || {
            let token = next_token(peer);
            black_box(decode::<ThreeClaims>(token, peer_key, &validation).expect("the token is genuine"));
        }),
    ]);
    println!("{path}, {LIVE} tokens, HostVerifier\t{fresh:.2}\t{peer:.2}");
    println!("{path}, {LIVE} tokens, cache hit\t{found:.2}\t{peer:.2}");
}

fn next_token<'s>(turn: &mut impl Iterator<Item = &'s Sample>) -> &'s str {
    &turn.next().expect("the tokens never end").token
}
