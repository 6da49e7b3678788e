//! HS256 in batches, whose hashes are interleaved, against the same one by one.

use super::now_for;
use crate::peers;
use crate::rounds::Contest;
use glowband_bench::peer::validation;
use glowband_bench::tokens::{AUDIENCE, ISSUER, SECRET, Sample, ThreeClaims};
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, decode};
use std::hint::black_box;

const TABLE: &str = "HS256 by `HostVerifier`, in batches";
const TOKENS: usize = 256;

pub fn measure(provider: &str) {
    let secret = EncodingKey::from_secret(SECRET);
    let of_size = |size| Sample::many(TOKENS, size, Algorithm::HS256, &secret);
    let (short, long) = (of_size(281), of_size(964));
    let mixed = (0..TOKENS).map(|at| Sample::many(1, 281 + at * 97 % 684, Algorithm::HS256, &secret).remove(0));
    let mixed: Vec<_> = mixed.collect();
    contest("281 B, 8 at once", 8, &short, provider);
    contest("281 B, 256 at once", 256, &short, provider);
    contest("964 B, 8 at once", 8, &long, provider);
    contest("281 to 964 B, 8 at once", 8, &mixed, provider);
    contest("281 to 964 B, 256 at once", 256, &mixed, provider);
}

/// All verdicts are held at the end, as of a batch, whichever way they came.
fn contest(column: &str, size: usize, samples: &[Sample], provider: &str) {
    let keys = KeyReader::new().secret(SECRET).expect("the secret is long enough");
    let verifier = HostVerifier::new(keys, OwnedPolicy::issuer(ISSUER).audience(AUDIENCE));
    let now = now_for(samples);
    let tokens: Vec<_> = samples.iter().map(|sample| sample.token.as_bytes()).collect();
    let (peer_key, validation) = (DecodingKey::from_secret(SECRET), validation(Algorithm::HS256));
    let in_a_call = u32::try_from(size).expect("it is small");
    let mut contest = Contest::new(TABLE);
    let mut turns = tokens.chunks_exact(size).cycle();
    contest.add_many("glowband, `verify_batch`", column, in_a_call, || {
        let verdicts = verifier.verify_batch_at(turns.next().expect("they never end"), now);
        assert!(black_box(verdicts).iter().all(Result::is_ok));
    });
    let mut turns = tokens.chunks_exact(size).cycle();
    contest.add_many("glowband, one by one", column, in_a_call, || {
        let some = turns.next().expect("they never end");
        let verdicts: Vec<_> = some.iter().map(|token| verifier.verify_at(token, now)).collect();
        assert!(black_box(verdicts).iter().all(Result::is_ok));
    });
    let mut turns = samples.chunks_exact(size).cycle();
    contest.add_many(peers::jsonwebtoken(provider), column, in_a_call, || {
        for sample in turns.next().expect("they never end") {
            black_box(decode::<ThreeClaims>(&sample.token, &peer_key, &validation).expect("the token is genuine"));
        }
    });
    contest.run();
}
