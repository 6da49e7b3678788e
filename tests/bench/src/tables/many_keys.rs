//! ES256 by prepared keys on a server: alone and in batches, with one key and with many whose tables do not all stay in
//! the nearest cache, and with signatures made to be slow.

use super::{Turns, now_for, prepared};
use crate::peers;
use crate::rounds::Contest;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_bench::peer::validation;
use glowband_bench::tokens::{AUDIENCE, ISSUER, Pair, Sample, ThreeClaims};
use glowband_core::{Refusal, TableShape};
use glowband_verify::{HostVerifier, KeySet, OwnedPolicy, Preparation};
use jsonwebtoken::{Algorithm, DecodingKey, decode};
use std::hint::black_box;

pub const TABLE: &str = "ES256 by `HostVerifier`, 344 B, keys visited at random";
pub const CRAFTED_TABLE: &str = "ES256 324 B, a signature made to be slow";
pub const CRAFTED_ROW: &str = "glowband, prepared key, 86 KiB";
const EIGHT: usize = 8;
const SIZE: usize = 344;

/// Windows of four bits for who has little memory; the default; the fastest.
const SHAPES: [(TableShape, &str); 3] =
    [(TableShape::Windows4, "32 KiB"), (TableShape::Windows6, "86 KiB"), (TableShape::Windows8, "256 KiB")];

pub fn batch(memory: &str) -> String {
    format!("glowband, {memory} a key, batch of eight")
}

pub fn measure(pair: &Pair, provider: &str) {
    for (count, column) in [(1, "1 key"), (16, "16 keys"), (256, "256 keys")] {
        many_keys(count, column, provider);
    }
    crafted(pair, provider);
}

/// Tokens of so many keys in a random order, one by one and in batches.
fn many_keys(count: usize, column: &str, provider: &str) {
    let pairs: Vec<_> = (0..count).map(|_| Pair::generate()).collect();
    let names: Vec<_> = (0..count).map(|at| format!("{at}")).collect();
    let peer_keys: Vec<_> = pairs.iter().map(|pair| DecodingKey::from_ec_der(&pair.public_point)).collect();
    // In no order, the same in every run; each key about equally often.
    let order: Vec<_> = (0..count.max(64) * EIGHT).map(|at| (at * 2_654_435_761) >> 7).map(|at| at % count).collect();
    let sign = |(at, key): (usize, &usize)| Sample::of_key(SIZE, &names[*key], &pairs[*key], at);
    let samples: Vec<_> = order.iter().enumerate().map(sign).collect();
    let tokens: Vec<_> = samples.iter().map(|sample| sample.token.as_bytes()).collect();
    let now = now_for(&samples);
    let mut contest = Contest::new(TABLE);
    for (shape, memory) in SHAPES {
        let keys = || {
            let mut keys = KeySet::new();
            for (pair, name) in pairs.iter().zip(&names) {
                let preparation = Preparation::never().shape(shape);
                keys.add(Some(name.as_bytes()), prepared(&pair.public_point, preparation));
            }
            keys
        };
        let policy = || OwnedPolicy::issuer(ISSUER).audience(AUDIENCE);
        let alone = HostVerifier::new(keys(), policy());
        let together = HostVerifier::new(alone.keys().clone(), policy());
        let mut turns = tokens.iter().cycle();
        contest.add(format!("glowband, {memory} a key, one by one"), column, move || {
            let token = turns.next().expect("they never end");
            black_box(alone.verify_at(token, now).expect("the token is genuine"));
        });
        let mut turns = tokens.chunks_exact(EIGHT).cycle();
        contest.add_many(batch(memory), column, 8, move || {
            let verdicts = together.verify_batch_at(turns.next().expect("they never end"), now);
            assert!(black_box(verdicts).iter().all(Result::is_ok));
        });
    }
    let validation = validation(Algorithm::ES256);
    let mut turns = samples.iter().zip(&order).cycle();
    contest.add(peers::jsonwebtoken(provider), column, move || {
        let (sample, key) = turns.next().expect("they never end");
        black_box(decode::<ThreeClaims>(&sample.token, &peer_keys[*key], &validation).expect("the token is genuine"));
    });
    contest.run();
}

/// r = s makes u2 one: all of the key's digits but one are zero. `cargo checks crafted` has many more such.
fn crafted(pair: &Pair, provider: &str) {
    let genuine = Sample::many(64, 324, Algorithm::ES256, &pair.signing_key());
    let (signed, _) = genuine[0].token.rsplit_once('.').expect("a token has dots");
    let token = format!("{signed}.{}", Base64UrlUnpadded::encode_string(&[[0x2a; 32], [0x2a; 32]].concat()));
    let token = token.as_str();
    let mut keys = KeySet::new();
    keys.add(None, prepared(&pair.public_point, Preparation::never()));
    let verifier = HostVerifier::new(keys, OwnedPolicy::issuer(ISSUER).audience(AUDIENCE));
    let (verifier, now) = (&verifier, now_for(&genuine));
    let (peer_key, validation) = (DecodingKey::from_ec_der(&pair.public_point), validation(Algorithm::ES256));
    let (peer_key, validation) = (&peer_key, &validation);
    let [mut turns, mut peer_turns] = [Turns::of(&genuine), Turns::of(&genuine)];
    let mut contest = Contest::new(CRAFTED_TABLE);
    contest.add(CRAFTED_ROW, "genuine", move || {
        black_box(verifier.verify_at(turns.next().as_bytes(), now).expect("the token is genuine"));
    });
    contest.add(CRAFTED_ROW, "crafted", move || {
        let verdict = verifier.verify_at(black_box(token).as_bytes(), now);
        assert_eq!(verdict.err(), Some(Refusal::BadSignature));
    });
    contest.add(peers::jsonwebtoken(provider), "genuine", move || {
        black_box(decode::<ThreeClaims>(peer_turns.next(), peer_key, validation).expect("the token is genuine"));
    });
    contest.add(peers::jsonwebtoken(provider), "crafted", move || {
        assert!(decode::<ThreeClaims>(black_box(token), peer_key, validation).is_err());
    });
    contest.run();
}
