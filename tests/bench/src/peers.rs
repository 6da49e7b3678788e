//! The other libraries, each set to check what ours checks: signature, `exp` without leeway, `iss`, `aud`.

use crate::rounds::Contest;
use crate::tables::Turns;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_bench::tokens::{AUDIENCE, ISSUER, SECRET, Sample};
use josekit::jwk::Jwk;
use josekit::jws::{ES256, HS256, JwsVerifier};
use josekit::jwt::{self, JwtPayloadValidator};
use jwt_compact::alg::{Es256, Hs256, Hs256Key, VerifyingKey};
use jwt_compact::{Algorithm, AlgorithmExt as _, TimeOptions, UntrustedToken};
use jwt_simple::prelude::{Duration, ES256PublicKey, HS256Key};
use jwt_simple::prelude::{ECDSAP256PublicKeyLike as _, MACLike as _, VerificationOptions};
use serde::Deserialize;
use std::collections::HashSet;
use std::hint::black_box;
use std::time::SystemTime;

pub const GRAVIOLA: &str = "graviola 0.4.4";
pub const OPENSSL: &str = "openssl 0.10.82 (OpenSSL 3)";
/// The beginning of every row of jsonwebtoken.
pub const JSONWEBTOKEN: &str = "jsonwebtoken";
const JWT_SIMPLE: &str = "jwt-simple 0.15.0 (pure-rust)";
const JWT_COMPACT: &str = "jwt-compact 0.8.0 (p256)";
const JOSEKIT: &str = "josekit 0.10.3 (OpenSSL 3)";

pub fn jsonwebtoken(provider: &str) -> String {
    format!("{JSONWEBTOKEN} 11.1.0 ({provider})")
}

pub fn add_hs256<'c>(contest: &mut Contest<'c>, column: &str, tokens: &'c [Sample]) {
    let (key, options) = (HS256Key::from_bytes(SECRET), options());
    let mut turns = Turns::of(tokens);
    contest.add(JWT_SIMPLE, column, move || {
        let options = Some(options.clone());
        black_box(key.verify_token::<NothingElse>(black_box(turns.next()), options).expect("the token is genuine"));
    });
    add_jwt_compact(contest, column, tokens, Hs256, Hs256Key::new(SECRET));
    add_josekit(contest, column, tokens, HS256.verifier_from_bytes(SECRET).expect("the secret is long enough"));
}

pub fn add_es256<'c>(contest: &mut Contest<'c>, column: &str, tokens: &'c [Sample], point: &[u8]) {
    let (key, options) = (ES256PublicKey::from_bytes(point).expect("the point is on the curve"), options());
    let mut turns = Turns::of(tokens);
    contest.add(JWT_SIMPLE, column, move || {
        let options = Some(options.clone());
        black_box(key.verify_token::<NothingElse>(black_box(turns.next()), options).expect("the token is genuine"));
    });
    type CompactKey = <Es256 as Algorithm>::VerifyingKey;
    let key = <CompactKey as VerifyingKey<Es256>>::from_slice(point).expect("the point is on the curve");
    add_jwt_compact(contest, column, tokens, Es256, key);
    let [x, y] = [1..33, 33..65].map(|part| Base64UrlUnpadded::encode_string(&point[part]));
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    let jwk = Jwk::from_bytes(jwk).expect("it is a JWK");
    add_josekit(contest, column, tokens, ES256.verifier_from_jwk(&jwk).expect("the point is on the curve"));
}

/// It wants to own its options with every call; its clone is part of what it costs.
fn options() -> VerificationOptions {
    VerificationOptions {
        allowed_issuers: Some(HashSet::from([ISSUER.to_string()])),
        allowed_audiences: Some(HashSet::from([AUDIENCE.to_string()])),
        time_tolerance: Some(Duration::from_secs(0)),
        accept_future: true,
        ..VerificationOptions::default()
    }
}

/// No claim but the registered ones.
#[derive(serde::Serialize, Deserialize)]
struct NothingElse {}

#[derive(Deserialize)]
struct IssuerAndAudience {
    iss: String,
    aud: String,
}

fn add_jwt_compact<'c, A: Algorithm + 'c>(
    contest: &mut Contest<'c>,
    column: &str,
    tokens: &'c [Sample],
    algorithm: A,
    key: A::VerifyingKey,
) where
    A::VerifyingKey: 'c,
{
    let (mut turns, times) = (Turns::of(tokens), TimeOptions::default());
    contest.add(JWT_COMPACT, column, move || {
        let token = UntrustedToken::new(black_box(turns.next())).expect("the token is well formed");
        let token = algorithm.validator::<IssuerAndAudience>(&key).validate(&token).expect("the token is genuine");
        let claims = token.claims().validate_expiration(&times).expect("the token is live");
        assert!(claims.custom.iss == ISSUER && claims.custom.aud == AUDIENCE);
        black_box(token);
    });
}

fn add_josekit<'c>(
    contest: &mut Contest<'c>,
    column: &str,
    tokens: &'c [Sample],
    verifier: impl JwsVerifier + 'static,
) {
    let mut turns = Turns::of(tokens);
    contest.add(JOSEKIT, column, move || {
        let decoded = jwt::decode_with_verifier(black_box(turns.next()), &verifier);
        let (payload, _) = decoded.expect("the token is genuine");
        let mut expected = JwtPayloadValidator::new();
        expected.set_base_time(SystemTime::now());
        expected.set_issuer(ISSUER);
        expected.set_audience(AUDIENCE);
        expected.validate(&payload).expect("the claims are as expected");
        black_box(payload);
    });
}
