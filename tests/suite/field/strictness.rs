//! What stays strict: each row of `host-adapters/verify/STRICTNESS.md` by a token or a key of its kind.

use glowband_core::{Algorithm, UnixSeconds};
use glowband_tests::signing::{Es256Pair, encode, hs256};
use glowband_verify::{HOST_LIMITS, HostVerifier, KeyReader, OwnedPolicy};
use serde_json::json;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../host-adapters/verify/STRICTNESS.md");
const SECRET: &[u8] = b"an example secret of 32+ bytes..";
const HEADER: &str = r#"{"alg":"HS256"}"#;
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fn expected() -> OwnedPolicy {
    OwnedPolicy::issuer("https://id.example").audience("api")
}

fn number(policy: OwnedPolicy, token: &str) -> u8 {
    let keys = KeyReader::new().jwk(json!({"kty": "oct", "kid": "k1", "k": encode(SECRET)}).to_string().as_bytes());
    let verifier = HostVerifier::new(keys.expect("a key"), policy);
    verifier.verify_at(token.as_bytes(), NOW).map_or_else(|refusal| refusal.code(), |_| 0)
}

/// A token with these claims beside a good exp.
fn with(claims: &str) -> String {
    hs256(SECRET, HEADER, format!("{{\"exp\":1700000600,{claims}}}"))
}

fn good() -> String {
    with(r#""iss":"https://id.example","aud":"api""#)
}

fn padded(token: &str) -> String {
    let parts: Vec<String> =
        token.split('.').map(|part| format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4))).collect();
    glowband_tests::signing::hs256_over(SECRET, &parts[..2].join(".")) + "="
}

/// Tokens that stay refused, with the number.
fn tokens() -> Vec<(u8, OwnedPolicy, String)> {
    let both = r#""iss":"https://id.example","aud":"api""#;
    let header = |text: &str| hs256(SECRET, text, format!("{{\"exp\":1700000600,{both}}}"));
    let mut idle = good();
    let last = idle.pop().expect("a character");
    // The last of 43 characters has two idle bits.
    idle.push(char::from(u8::try_from(last).expect("ASCII") + 1));
    vec![
        (5, expected(), padded(&good())),
        (5, expected(), good().replace('.', " .")),
        (5, expected(), idle),
        (24, expected(), with(&format!("{both},\"a\":{{\"b\":[{{\"c\":1,\"\\u0063\":2}}]}}"))),
        (8, expected(), header(r#"{"alg":"HS256","x":{"y":1,"y":2}}"#)),
        (11, expected(), header(r#"{"alg":"none"}"#)),
        (12, expected(), header(r#"{"alg":"hs256"}"#)),
        (12, expected(), header(r#"{"alg":"ES256K"}"#)),
        (13, expected(), header(r#"{"alg":"HS256","crit":["b64"]}"#)),
        (14, expected(), header(r#"{"alg":"HS256","zip":"DEF"}"#)),
        (15, expected(), header(r#"{"alg":"HS256","kid":"k2"}"#)),
        (16, expected(), header(r#"{"alg":"RS256","kid":"k1"}"#)),
        (3, expected(), "eyJhbGciOiJkaXIifQ....".to_owned()),
        (22, expected(), with(&format!("{both},\"x\":\"\\ud800\""))),
        (28, expected(), with(&format!("{both},\"sub\":42"))),
        (27, expected(), with(r#""iss":["https://id.example"],"aud":"api""#)),
        (29, expected(), with(r#""iss":"https://id.example","aud":42"#)),
        (33, expected(), with(&format!("{both},\"jti\":7"))),
        (30, expected(), hs256(SECRET, HEADER, format!("{{\"exp\":\"1700000600\",{both}}}"))),
        (42, expected(), hs256(SECRET, HEADER, format!("{{{both}}}"))),
        (36, expected(), with(r#""iss":"https://id.example""#)),
        (34, expected(), with(r#""aud":"api""#)),
        (35, expected(), with(r#""iss":"https://id.example/","aud":"api""#)),
        (41, expected().token_type("at+jwt"), header(r#"{"alg":"HS256","typ":"JWT"}"#)),
    ]
}

#[test]
fn each_strict_decision_is_as_the_page_says() {
    let mut tried = BTreeSet::from([20, 66]);
    for (wanted, policy, token) in tokens() {
        assert_eq!(number(policy, &token), wanted, "{token}");
        tried.insert(wanted);
    }
    assert_eq!(number(expected(), &good()), 0);
    tried.extend(keys());
    der(&mut tried);
    let rows = PAGE.lines().filter_map(|line| line.split(" | ").nth(1)?.trim().parse::<u8>().ok());
    assert_eq!(rows.collect::<BTreeSet<u8>>(), tried, "the page has a row for each that is tried here, and no other");
}

#[test]
fn a_registered_claim_that_is_null_is_refused() {
    let both = r#""iss":"https://id.example","aud":"api""#;
    let payload = |claims: &str| format!("{{\"exp\":1700000600,{claims}}}");
    for (claim, wanted) in [("sub", 28), ("nbf", 31), ("iat", 32), ("jti", 33)] {
        let token = hs256(SECRET, HEADER, payload(&format!("{both},\"{claim}\":null")));
        assert_eq!(number(expected(), &token), wanted, "{claim}");
    }
    for (claims, wanted) in [(r#""iss":null,"aud":"api""#, 27), (r#""iss":"https://id.example","aud":null"#, 29)] {
        assert_eq!(number(expected(), &hs256(SECRET, HEADER, payload(claims))), wanted, "{claims}");
    }
    assert_eq!(number(expected(), &hs256(SECRET, HEADER, format!("{{\"exp\":null,{both}}}"))), 30);
    assert_eq!(number(expected(), &hs256(SECRET, r#"{"alg":"HS256","kid":null}"#, payload(both))), 9);
}

fn keys() -> Vec<u8> {
    let reader = KeyReader::new();
    let file = |text: String| reader.parse(text.as_bytes()).err().map_or(0, |error| error.refusal().code());
    let jwk = |text: String| reader.jwk(text.as_bytes()).err().map_or(0, |error| error.refusal().code());
    let short = encode(vec![0xff; 128]);
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    let found = [
        (54, reader.secret(&[7; 31]).err().map_or(0, |error| error.refusal().code())),
        (54, jwk(json!({"kty": "oct", "alg": "HS512", "k": encode([7; 63])}).to_string())),
        (65, jwk(json!({"kty": "RSA", "n": short, "e": "AQAB"}).to_string())),
        (56, jwk(json!({"kty": "EC", "crv": "P-256", "x": encode([1; 32]), "y": encode([1; 32])}).to_string())),
        (60, jwk(json!({"kty": "oct", "use": "enc", "k": encode(SECRET)}).to_string())),
        (60, jwk(json!({"kty": "oct", "key_ops": ["encrypt"], "k": encode(SECRET)}).to_string())),
        (59, jwk(json!({"kty": "oct", "alg": "RS256", "k": encode(SECRET)}).to_string())),
        (57, jwk(format!("{{\"kty\":\"oct\",\"k\":\"{0}\",\"k\":\"{0}\"}}", encode(SECRET)))),
        (63, reader.secret(pem.as_bytes()).err().map_or(0, |error| error.refusal().code())),
    ];
    for (wanted, code) in found {
        assert_eq!(code, wanted);
    }
    assert_eq!(file(pem.to_owned()), 0, "the same file is a key");
    found.iter().map(|(wanted, _)| *wanted).collect()
}

/// A signature of ECDSA as two INTEGERs.
fn der(tried: &mut BTreeSet<u8>) {
    let pair = Es256Pair::generate().expect("randomness");
    let token = pair.es256(r#"{"alg":"ES256"}"#, r#"{"exp":1700000600,"iss":"https://id.example","aud":"api"}"#);
    let token = token.expect("randomness");
    let (input, signature) = token.rsplit_once('.').expect("three segments");
    let signature = glowband_tests::signing::decode(signature).expect("base64url");
    let integer = |bytes: &[u8]| {
        let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        let sign: &[u8] = if bytes[0] >= 0x80 { &[0] } else { &[] };
        let length = u8::try_from(sign.len() + bytes.len()).expect("short");
        [&[2, length], sign, bytes].concat()
    };
    let both = [integer(&signature[..32]), integer(&signature[32..])].concat();
    let der = [&[0x30, u8::try_from(both.len()).expect("short")], both.as_slice()].concat();
    let keys = KeyReader::new().jwk(pair.jwk().to_string().as_bytes()).expect("a key");
    let verifier = HostVerifier::new(keys, expected());
    assert!(verifier.verify_at(token.as_bytes(), NOW).is_ok());
    let refused = verifier.verify_at(format!("{input}.{}", encode(der)).as_bytes(), NOW).map(drop);
    assert_eq!(refused.map_err(|refusal| refusal.code()), Err(20));
    tried.insert(20);
}

#[test]
fn each_opt_in_lets_in_what_it_says() {
    let both = r#""iss":"https://id.example","aud":"api""#;
    assert_eq!(number(expected().danger_allow_padding(), &padded(&good())), 0);
    assert_eq!(number(expected().allow_missing_expiry(), &hs256(SECRET, HEADER, format!("{{{both}}}"))), 0);
    let issuer_alone = OwnedPolicy::issuer("https://id.example").danger_any_audience();
    assert_eq!(number(issuer_alone, &with(r#""iss":"https://id.example""#)), 0);
    let audience_alone = OwnedPolicy::danger_any_issuer().audience("api");
    assert_eq!(number(audience_alone, &with(r#""aud":"api""#)), 0);
    let spellings = OwnedPolicy::any_issuer_of(["https://id.example", "https://id.example/"]).audience("api");
    assert_eq!(number(spellings, &with(r#""iss":"https://id.example/","aud":"api""#)), 0);
    assert!(KeyReader::new().danger_allow_short_secret().secret(&[7; 8]).is_ok());
    let bound = with(&format!("{both},\"cnf\":{{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}}"));
    assert_eq!(number(expected(), &bound), 0, "a guard refuses it, with 66: glowband-http");
}

#[test]
fn the_table_of_what_is_supported_is_true() {
    let hosts = PAGE.lines().find(|line| line.starts_with("| hosts")).expect("a row for hosts");
    for algorithm in Algorithm::ALL {
        assert!(hosts.contains(algorithm.name()), "{}", algorithm.name());
    }
    let named = hosts.split(" | ").nth(1).expect("algorithms").split(", ").count();
    assert_eq!(named, Algorithm::ALL.len());
    assert!(hosts.contains("64 KiB of token, 4096 members, nesting 16, 16 keys tried; 30 s of leeway"), "{hosts}");
    assert_eq!((HOST_LIMITS.token_limit(), HOST_LIMITS.member_limit()), (64 * 1024, 4096));
    assert_eq!((HOST_LIMITS.nesting_limit(), HOST_LIMITS.key_limit()), (16, 16));
    assert_eq!(OwnedPolicy::DEFAULT_LEEWAY, 30);
    let chips = PAGE.lines().find(|line| line.starts_with("| chips")).expect("a row for chips");
    let limits = glowband_core::Limits::DEFAULT;
    assert!(chips.contains("16 KiB of token, 128 members, nesting 16, 4 keys tried"), "{chips}");
    assert_eq!((limits.token_limit(), limits.member_limit()), (16 * 1024, 128));
    assert_eq!((limits.nesting_limit(), limits.key_limit()), (16, 4));
}
