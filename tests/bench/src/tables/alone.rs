//! Signatures and MACs alone, SHA-256 included: what the libraries beneath the JWT libraries do.

use super::{prepared, vectors};
use crate::peers::{GRAVIOLA, OPENSSL};
use crate::rounds::Contest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_bench::tokens::{Pair, SECRET, Sample};
use glowband_core::{Hs256Key, SignatureCheck, TableShape};
use glowband_verify::Preparation;
use jsonwebtoken::{Algorithm, EncodingKey};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use p256::ecdsa::signature::Verifier as _;
use sha2::{Digest as _, Sha256};
use std::hint::black_box;

pub const ES256_TABLE: &str = "ES256 alone";
pub const HMAC_TABLE: &str = "HMAC-SHA-256 alone";
pub const AWS_LC: &str = "aws-lc-rs 1.19.0";
const ONE: &str = "one signature";
const TOKENS: usize = 64;

const SHAPES: [(TableShape, &str); 8] = [
    (TableShape::Comb8, "glowband, prepared key, comb of 8 KiB"),
    (TableShape::Comb16, "glowband, prepared key, comb of 16 KiB"),
    (TableShape::Comb32, "glowband, prepared key, comb of 32 KiB"),
    (TableShape::Comb128, "glowband, prepared key, comb of 128 KiB"),
    (TableShape::Windows4, "glowband, prepared key, 32 KiB"),
    (TableShape::Windows5, "glowband, prepared key, 52 KiB"),
    (TableShape::Windows6, "glowband, prepared key, 86 KiB"),
    (TableShape::Windows8, "glowband, prepared key, 256 KiB"),
];

/// What is signed, and its signature.
struct Signed {
    input: Vec<u8>,
    signature: Vec<u8>,
}

fn signed(tokens: &[Sample]) -> Vec<Signed> {
    let part = |sample: &Sample| {
        let (input, signature) = sample.token.rsplit_once('.').expect("a token has dots");
        let signature = Base64UrlUnpadded::decode_vec(signature).expect("the token is well formed");
        Signed { input: input.into(), signature }
    };
    tokens.iter().map(part).collect()
}

pub fn measure(pair: &Pair) {
    es256(pair);
    for size in [281, 964] {
        hmac(size);
    }
}

fn es256(pair: &Pair) {
    let all = signed(&Sample::many(TOKENS, 324, Algorithm::ES256, &pair.signing_key()));
    let point = &pair.public_point[..];
    let mut contest = Contest::new(ES256_TABLE);
    let mut add = |row: &str, mut check: Box<dyn FnMut(&[u8], &[u8]) -> bool>| {
        let mut turns = all.iter().cycle();
        contest.add(row, ONE, move || {
            let signed = turns.next().expect("they never end");
            assert!(check(black_box(&signed.input), &signed.signature));
        });
    };
    for (shape, row) in SHAPES {
        let key = prepared(point, Preparation::never().portable().shape(shape));
        add(row, Box::new(move |input, signature| key.check(input, signature).is_ok()));
    }
    for (shape, row) in SHAPES {
        if let Some(key) = vectors(point, shape) {
            let row = format!("{row}, AVX-512 IFMA");
            add(&row, Box::new(move |input, signature| key.check(input, signature).is_ok()));
        }
    }
    let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("the point is on the curve");
    add("aws-lc-rs 1.19.0, parsed key", Box::new(move |input, signature| key.verify_sig(input, signature).is_ok()));
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, point.to_vec());
    add("ring 0.17.14", Box::new(move |input, signature| key.verify(input, signature).is_ok()));
    let key = graviola::signing::ecdsa::VerifyingKey::<graviola::signing::ecdsa::P256>::from_x962_uncompressed(point)
        .expect("the point is on the curve");
    add(
        GRAVIOLA,
        Box::new(move |input, signature| key.verify::<graviola::hashing::Sha256>(&[input], signature).is_ok()),
    );
    let key = openssl_key(point);
    add(
        OPENSSL,
        Box::new(move |input, signature| {
            let half = |bytes| BigNum::from_slice(bytes).expect("a number");
            let signature = EcdsaSig::from_private_components(half(&signature[..32]), half(&signature[32..]));
            signature.and_then(|it| it.verify(Sha256::digest(input).as_slice(), &key)).expect("a verdict")
        }),
    );
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).expect("the point is on the curve");
    add(
        "p256 0.14.0 (RustCrypto)",
        Box::new(move |input, signature| {
            p256::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| key.verify(input, &signature).is_ok())
        }),
    );
    contest.run();
}

fn openssl_key(point: &[u8]) -> EcKey<openssl::pkey::Public> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("the curve is known");
    let mut context = BigNumContext::new().expect("there is memory");
    let point = EcPoint::from_bytes(&group, point, &mut context).expect("the point is on the curve");
    EcKey::from_public_key(&group, &point).expect("it is a key")
}

fn hmac(size: usize) {
    let all = signed(&Sample::many(TOKENS, size, Algorithm::HS256, &EncodingKey::from_secret(SECRET)));
    let column = format!("token of {size} B");
    let mut contest = Contest::new(HMAC_TABLE);
    let mut add = |row: &str, mut check: Box<dyn FnMut(&[u8], &[u8]) -> bool>| {
        let mut turns = all.iter().cycle();
        contest.add(row, &column, move || {
            let signed = turns.next().expect("they never end");
            assert!(check(black_box(&signed.input), &signed.signature));
        });
    };
    let key = Hs256Key::new(SECRET).expect("the secret is long enough");
    add("glowband-core", Box::new(move |input, tag| key.check(input, tag).is_ok()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET);
    add(AWS_LC, Box::new(move |input, tag| aws_lc_rs::hmac::verify(&key, input, tag).is_ok()));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET);
    add("ring 0.17.14", Box::new(move |input, tag| ring::hmac::verify(&key, input, tag).is_ok()));
    let key = graviola::hashing::hmac::Hmac::<graviola::hashing::Sha256>::new(SECRET);
    add(
        GRAVIOLA,
        Box::new(move |input, tag| {
            let mut mac = key.clone();
            mac.update(input);
            mac.verify(tag).is_ok()
        }),
    );
    contest.run();
}
