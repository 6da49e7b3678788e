//! Complete tokens: split, decode, signature, then `exp`, `iss` and `aud`.

use super::{Turns, now_for, prepared, vectors};
use crate::peers;
use crate::rounds::Contest;
use glowband_bench::peer::validation;
use glowband_bench::tokens::{AUDIENCE, BorrowedClaims, ISSUER, OwnedClaims, Pair, SECRET, Sample, ThreeClaims};
use glowband_core::{Es256Key, Hs256Key, KeySource, Policy, TableShape, Verifier};
use glowband_verify::{EcdsaKey, HostEs256Key, HostVerifier, KeyReader, KeySet, OwnedPolicy, Preparation};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, decode};
use std::hint::black_box;

pub const TABLE: &str = "Complete tokens";
pub const STRUCT_TABLE: &str = "Complete tokens, all seven claims into a struct";
pub const CORE: &str = "glowband-core";
pub const NOT_PREPARED: &str = "glowband-verify, key not prepared";
pub const PORTABLE: &str = "glowband-verify, prepared key (86 KiB), portable";
pub const VECTORS: &str = "glowband-verify, prepared key (86 KiB), AVX-512 IFMA";
pub const BATCH: &str = "glowband-verify, `verify_batch` of eight, prepared key (86 KiB), AVX-512 IFMA";
pub const WIDE_BATCH: &str = "glowband-verify, `verify_batch` of eight, prepared key (256 KiB), AVX-512 IFMA";
pub const BORROWED: &str = "glowband, borrowed strings";
pub const WIDE_VECTORS: &str = "glowband-verify, prepared key (256 KiB), AVX-512 IFMA";
pub const HOST: &str = "glowband-verify, `HostVerifier`: owned claims, clock, live keys";

const POLICY: &Policy<'_> = &Policy::issuer(ISSUER).audience(AUDIENCE);
/// How many tokens take turns.
const TOKENS: usize = 64;

/// Both algorithms in two sizes. `provider` is that of jsonwebtoken; the other peers come along with `all`.
pub fn measure(pair: &Pair, provider: &str, all: bool) {
    let (secret, peer_secret) = (EncodingKey::from_secret(SECRET), DecodingKey::from_secret(SECRET));
    for size in [281, 964] {
        let tokens = Sample::many(TOKENS, size, Algorithm::HS256, &secret);
        let column = format!("HS256 {size} B");
        let key = Hs256Key::new(SECRET).expect("the secret is long enough");
        let mut contest = Contest::new(TABLE);
        add(&mut contest, CORE, &column, &tokens, &key);
        let keys = KeyReader::new().secret(SECRET).expect("the secret is long enough");
        add_host(&mut contest, &column, &tokens, keys);
        add_jsonwebtoken(&mut contest, provider, &column, &tokens, &peer_secret, Algorithm::HS256);
        if all {
            peers::add_hs256(&mut contest, &column, &tokens);
        }
        contest.run();
        structs(provider, &column, &tokens, &key, &peer_secret, Algorithm::HS256);
    }
    let peer_key = DecodingKey::from_ec_der(&pair.public_point);
    for size in [324, 1007] {
        let tokens = Sample::many(TOKENS, size, Algorithm::ES256, &pair.signing_key());
        let column = format!("ES256 {size} B");
        let point = &pair.public_point;
        let core = Es256Key::from_sec1(point).expect("the point is on the curve");
        let unprepared = EcdsaKey::es256(point).expect("the point is on the curve");
        let portable = prepared(point, Preparation::never().portable());
        let fast = [(VECTORS, TableShape::Windows6), (WIDE_VECTORS, TableShape::Windows8)]
            .map(|(row, shape)| Some((row, vectors(point, shape)?)));
        let mut contest = Contest::new(TABLE);
        add(&mut contest, CORE, &column, &tokens, &core);
        add(&mut contest, NOT_PREPARED, &column, &tokens, &unprepared);
        add(&mut contest, PORTABLE, &column, &tokens, &portable);
        for (row, key) in fast.iter().flatten() {
            add(&mut contest, row, &column, &tokens, key);
        }
        let mut keys = KeySet::new();
        let key = prepared(point, Preparation::never());
        keys.add(None, key.clone());
        add_host(&mut contest, &column, &tokens, keys);
        for (row, shape) in [(BATCH, TableShape::Windows6), (WIDE_BATCH, TableShape::Windows8)] {
            if let Some(key) = vectors(point, shape) {
                add_batch(&mut contest, row, &column, &tokens, key);
            }
        }
        add_jsonwebtoken(&mut contest, provider, &column, &tokens, &peer_key, Algorithm::ES256);
        if all {
            peers::add_es256(&mut contest, &column, &tokens, point);
        }
        contest.run();
        structs(provider, &column, &tokens, &key, &peer_key, Algorithm::ES256);
    }
}

fn add<'c, K: KeySource>(contest: &mut Contest<'c>, row: &str, column: &str, tokens: &'c [Sample], key: &'c K) {
    let (mut turns, now) = (Turns::of(tokens), now_for(tokens));
    let mut scratch = [0; 1024];
    contest.add(row, column, move || {
        let token = black_box(turns.next()).as_bytes();
        let verified = Verifier::new(key, POLICY).verify(token, now, &mut scratch).expect("the token is genuine");
        black_box((verified.issuer(), verified.audience(), verified.expires_at()));
    });
}

fn add_host<'c>(contest: &mut Contest<'c>, column: &str, tokens: &'c [Sample], keys: KeySet) {
    let verifier = HostVerifier::new(keys, OwnedPolicy::issuer(ISSUER).audience(AUDIENCE));
    let mut turns = Turns::of(tokens);
    contest.add(HOST, column, move || {
        black_box(verifier.verify(black_box(turns.next()).as_bytes()).expect("the token is genuine"));
    });
}

fn add_batch<'c>(contest: &mut Contest<'c>, row: &str, column: &str, tokens: &'c [Sample], key: HostEs256Key) {
    let mut keys = KeySet::new();
    keys.add(None, key);
    let verifier = HostVerifier::new(keys, OwnedPolicy::issuer(ISSUER).audience(AUDIENCE));
    let now = now_for(tokens);
    let tokens: Vec<_> = tokens.iter().map(|sample| sample.token.as_bytes()).collect();
    let mut at = 0;
    contest.add_many(row, column, 8, move || {
        let verdicts = verifier.verify_batch_at(black_box(&tokens[at..at + 8]), now);
        assert!(black_box(verdicts).iter().all(Result::is_ok));
        at = (at + 8) % TOKENS;
    });
}

fn add_jsonwebtoken<'c>(
    contest: &mut Contest<'c>,
    provider: &str,
    column: &str,
    tokens: &'c [Sample],
    key: &'c DecodingKey,
    algorithm: Algorithm,
) {
    let (mut turns, validation) = (Turns::of(tokens), validation(algorithm));
    contest.add(peers::jsonwebtoken(provider), column, move || {
        black_box(decode::<ThreeClaims>(black_box(turns.next()), key, &validation).expect("the token is genuine"));
    });
}

fn structs<K: KeySource>(
    provider: &str,
    column: &str,
    tokens: &[Sample],
    key: &K,
    peer_key: &DecodingKey,
    algorithm: Algorithm,
) {
    let mut contest = Contest::new(STRUCT_TABLE);
    let (mut turns, mut peer_turns) = (Turns::of(tokens), Turns::of(tokens));
    let (now, validation) = (now_for(tokens), validation(algorithm));
    let mut scratch = [0; 1024];
    contest.add(BORROWED, column, move || {
        let verified = Verifier::new(key, POLICY).verify(black_box(turns.next()).as_bytes(), now, &mut scratch);
        black_box(verified.and_then(|verified| verified.claims::<BorrowedClaims<'_>>()).expect("it fits"));
    });
    contest.add(peers::jsonwebtoken(provider), column, move || {
        let token = black_box(peer_turns.next());
        black_box(decode::<OwnedClaims>(token, peer_key, &validation).expect("the token is genuine"));
    });
    contest.run();
}
