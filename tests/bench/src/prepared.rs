//! ES256 by prepared keys: without and with vectors, alone and in batches, with signatures made to be slow, and with
//! many keys whose tables do not all stay in the nearest cache.

use crate::tokens::{AUDIENCE, ISSUER, Pair, SECRET, Sample, ThreeClaims};
use crate::{contest, rounds, validation};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Policy, Refusal, TableShape, UnixSeconds, Verifier};
use glowband_verify::{Es256Arithmetic, HostEs256Key, HostVerifier, KeyReader, KeySet, OwnedPolicy, Preparation};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, decode};
use std::hint::black_box;

const EIGHT: usize = 8;
const SIZE: usize = 324;
/// The default, and the fastest.
const SHAPES: [(TableShape, &str); 2] = [(TableShape::Windows6, "86 KiB"), (TableShape::Windows8, "256 KiB")];

pub fn measure(pair: &Pair) {
    let policy = Policy::expect(ISSUER, AUDIENCE);
    let peer = DecodingKey::from_ec_der(&pair.public_point);
    let sample = Sample::es256(SIZE, pair);
    let portable = prepared(pair, Preparation::never().portable());
    contest(
        "ES256 324 B, prepared, portable",
        &sample,
        &Verifier::new(&portable, &policy),
        &peer,
        Algorithm::ES256,
        100,
    );
    for (shape, memory) in SHAPES {
        let key = prepared(pair, Preparation::never().shape(shape));
        if key.arithmetic() == Es256Arithmetic::Avx512Ifma {
            let path = format!("ES256 324 B, prepared, IFMA, {memory}");
            contest(&path, &sample, &Verifier::new(&key, &policy), &peer, Algorithm::ES256, 200);
        } else {
            eprintln!("this processor has no AVX-512 IFMA: what follows is portable");
        }
    }
    crafted(&sample, &prepared(pair, Preparation::never()), &peer);
    for (shape, memory) in SHAPES {
        many_keys(1, shape, memory);
    }
    for keys in [16, 256] {
        many_keys(keys, TableShape::Windows6, "86 KiB");
    }
    hs256_batch();
}

fn prepared(pair: &Pair, preparation: Preparation) -> HostEs256Key {
    let key = HostEs256Key::new(&pair.public_point, preparation).expect("the point is on the curve");
    key.prepare();
    key
}

/// r = s makes u2 one: all of the key's digits but one are zero.
fn crafted(sample: &Sample, key: &HostEs256Key, peer_key: &DecodingKey) {
    let policy = Policy::expect(ISSUER, AUDIENCE);
    let verifier = Verifier::new(key, &policy);
    let (signed, _) = sample.token.rsplit_once('.').expect("a token has dots");
    let token = format!("{signed}.{}", Base64UrlUnpadded::encode_string(&[[0x2a; 32], [0x2a; 32]].concat()));
    let (now, validation) = (UnixSeconds(sample.now), validation(Algorithm::ES256));
    let mut room = [0; 1024];
    let [ours, peer] = rounds::fastest([
        (200, &mut || {
            let verdict = verifier.verify(black_box(&token).as_bytes(), now, &mut room);
            assert_eq!(verdict.err(), Some(Refusal::BadSignature));
        }),
        (40, &mut || {
            assert!(decode::<ThreeClaims>(black_box(&token), peer_key, &validation).is_err());
        }),
    ]);
    println!("ES256 324 B, prepared, crafted signature\t{ours:.2}\t{peer:.2}");
}

/// Tokens of so many keys in a random order, one by one and in batches.
fn many_keys(count: usize, shape: TableShape, memory: &str) {
    let pairs: Vec<_> = (0..count).map(|_| Pair::generate()).collect();
    let names: Vec<_> = (0..count).map(|at| format!("{at}")).collect();
    let mut keys = KeySet::new();
    for (pair, name) in pairs.iter().zip(&names) {
        keys.add(Some(name.as_bytes()), prepared(pair, Preparation::never().shape(shape)));
    }
    let peers: Vec<_> = pairs.iter().map(|pair| DecodingKey::from_ec_der(&pair.public_point)).collect();
    // Every key once and then in no order, the same in every run.
    let order: Vec<_> = (0..count.max(256)).map(|at| at * 2_654_435_761 / 7 % count).collect();
    let size = SIZE + 20;
    let samples: Vec<_> =
        order.iter().enumerate().map(|(at, key)| Sample::of_key(size, &names[*key], &pairs[*key], at)).collect();
    let now = UnixSeconds(samples.iter().map(|sample| sample.now).max().expect("there are tokens"));
    let tokens: Vec<_> = samples.iter().map(|sample| sample.token.as_bytes()).collect();
    let verifier = HostVerifier::new(keys, OwnedPolicy::expect(ISSUER, AUDIENCE));
    let validation = validation(Algorithm::ES256);
    let mut turns = [0; 3];
    let [alone_at, batch_at, peer_at] = &mut turns;
    let [alone, batch, peer] = rounds::fastest([
        (256, &mut || {
            let token = tokens[*alone_at % tokens.len()];
            *alone_at += 1;
            black_box(verifier.verify_at(token, now).expect("the token is genuine"));
        }),
        (32, &mut || {
            let start = *batch_at % (tokens.len() / EIGHT) * EIGHT;
            *batch_at += 1;
            let verdicts = verifier.verify_batch_at(&tokens[start..start + EIGHT], now);
            assert!(black_box(verdicts).iter().all(Result::is_ok));
        }),
        (40, &mut || {
            let at = *peer_at % tokens.len();
            *peer_at += 1;
            let key = &peers[order[at]];
            black_box(decode::<ThreeClaims>(&samples[at].token, key, &validation).expect("the token is genuine"));
        }),
    ]);
    let batch = batch / EIGHT as f64;
    let keys = if count == 1 { String::new() } else { format!(", {count} keys at random") };
    println!("ES256 344 B{keys}, {memory}, batch of eight, per token\t{batch:.2}\t{peer:.2}");
    println!("ES256 344 B{keys}, {memory}, HostVerifier\t{alone:.2}\t{peer:.2}");
}

/// HS256 in batches, against itself one by one and against the peer.
fn hs256_batch() {
    let keys = KeyReader::new().secret(SECRET).expect("the secret is long enough");
    let samples = Sample::many(256, 281, Algorithm::HS256, &EncodingKey::from_secret(SECRET));
    let now = UnixSeconds(samples.iter().map(|sample| sample.now).max().expect("there are tokens"));
    let tokens: Vec<_> = samples.iter().map(|sample| sample.token.as_bytes()).collect();
    let verifier = HostVerifier::new(keys, OwnedPolicy::expect(ISSUER, AUDIENCE));
    let (peer_key, validation) = (DecodingKey::from_secret(SECRET), validation(Algorithm::HS256));
    let [batch, alone, peer] = rounds::fastest([
        (10, &mut || {
            let verdicts = verifier.verify_batch_at(&tokens, now);
            assert!(black_box(verdicts).iter().all(Result::is_ok));
        }),
        (10, &mut || {
            // All verdicts at the end, as of a batch.
            let verdicts: Vec<_> = tokens.iter().map(|token| verifier.verify_at(token, now)).collect();
            assert!(black_box(verdicts).iter().all(Result::is_ok));
        }),
        (10, &mut || {
            for sample in &samples {
                black_box(decode::<ThreeClaims>(&sample.token, &peer_key, &validation).expect("the token is genuine"));
            }
        }),
    ]);
    let [batch, alone, peer] = [batch, alone, peer].map(|time| time / tokens.len() as f64);
    println!("HS256 281 B, batch of 256, per token\t{batch:.2}\t{peer:.2}");
    println!("HS256 281 B, 256 one by one, per token\t{alone:.2}\t{peer:.2}");
}
