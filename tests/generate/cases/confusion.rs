//! Keys used for what they are not.

use crate::book::{Book, ES, HS};
use crate::keys::{named, oct};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::signing::{encode, hs256};
use glowband_tests::vector::{Case, to_hex};
use serde_json::json;

pub(crate) fn write(book: &mut Book) {
    public_key_as_secret(book);
    jwk_as_secret(book);
    guessed_types(book);
    embedded_keys(book);
}

fn public_key_as_secret(book: &mut Book) {
    book.threat("RS/ES → HS confusion");
    let good = ClaimsText::good().to_string();
    let pair = &book.keys.pair;
    let point = pair.point();
    let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
    let pem = pair.spki_pem();
    let secrets = [
        ("pem", pem.clone().into_bytes()),
        ("pem-without-last-newline", pem.trim_end().as_bytes().to_vec()),
        ("pem-crlf", pem.replace('\n', "\r\n").into_bytes()),
        ("pem-body", pem.lines().filter(|line| !line.starts_with('-')).collect::<String>().into_bytes()),
        ("der", pair.spki_der()),
        ("sec1-uncompressed", point.to_vec()),
        ("sec1-compressed", compressed),
        ("coordinates", point[1..].to_vec()),
        ("x", point[1..33].to_vec()),
        ("jwk", pair.jwk().to_string().into_bytes()),
        ("jwks", json!({"keys": [pair.jwk()]}).to_string().into_bytes()),
    ];
    for (name, secret) in secrets {
        let token = hs256(&secret, HS, &good);
        book.verify_es(&format!("confusion/{name}/es256-key"), token.as_str()).refused("algorithm_mismatch");
        let both = [book.ec(), book.oct()];
        book.verify(&format!("confusion/{name}/both-keys"), token.as_str()).keys(both).refused("bad_signature");
        let token = hs256(&secret, r#"{"alg":"HS256","kid":"public"}"#, &good);
        let ring = [named("public", book.ec()), named("secret", book.oct())];
        book.verify(&format!("confusion/{name}/kid-of-the-public-key"), token).keys(ring).refused("algorithm_mismatch");
    }
    let token = hs256(book.keys.pair.point(), ES, &good);
    book.verify_es("confusion/hmac-under-the-name-es256", token).refused("signature_length");
    let token = book.es256(HS, &good);
    book.verify("confusion/ecdsa-under-the-name-hs256", token.as_str()).refused("signature_length");
    book.verify_es("confusion/ecdsa-under-the-name-hs256/es256-key", token).refused("algorithm_mismatch");
}

fn jwk_as_secret(book: &mut Book) {
    book.threat("JWK text as HMAC key");
    let good = ClaimsText::good().to_string();
    let jwk = book.oct();
    for (name, secret) in [
        ("compact-text", jwk.to_string()),
        ("spaced-text", jwk.to_string().replace(':', ": ").replace(',', ", ")),
        ("k-undecoded", jwk["k"].as_str().unwrap_or_default().to_owned()),
        ("set", json!({"keys": [jwk]}).to_string()),
    ] {
        book.verify(&format!("jwk-as-secret/{name}"), hs256(secret.as_bytes(), HS, &good)).refused("bad_signature");
    }
}

fn guessed_types(book: &mut Book) {
    book.threat("guessing the key type from its bytes");
    let pair = &book.keys.pair;
    let (pem, der) = (pair.spki_pem(), pair.spki_der());
    let (secret, jwk) = (book.keys.secret.clone(), pair.jwk());
    let point = |bytes: &[u8]| Case::Point { point_hex: to_hex(bytes) };
    book.case("guessed/pem-is-no-point", point(pem.as_bytes()), "point_invalid");
    book.case("guessed/der-is-no-point", point(&der), "point_invalid");
    book.case("guessed/secret-is-no-point", point(&secret), "point_invalid");
    book.case("guessed/jwk-is-no-point", point(jwk.to_string().as_bytes()), "point_invalid");
    let key = |jwk: serde_json::Value| Case::Key { jwk: jwk.to_string() };
    let (x, y, k) = (jwk["x"].clone(), jwk["y"].clone(), encode(&secret));
    book.case("guessed/oct-with-a-point", key(json!({"kty": "oct", "crv": "P-256", "x": x, "y": y})), "jwk_malformed");
    book.case("guessed/ec-with-a-secret", key(json!({"kty": "EC", "crv": "P-256", "k": k})), "jwk_malformed");
    book.case("guessed/no-type", key(json!({"crv": "P-256", "x": x, "y": y})), "jwk_malformed");
    book.case("guessed/no-type-but-a-secret", key(json!({"k": k})), "jwk_malformed");
    book.case(
        "guessed/oct-bound-to-es256",
        key(json!({"kty": "oct", "k": k, "alg": "ES256"})),
        "jwk_algorithm_conflict",
    );
    let bound = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "HS256"});
    book.case("guessed/point-bound-to-hs256", key(bound), "jwk_algorithm_conflict");
    let both = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "k": k});
    book.case("guessed/ec-with-both", key(both.clone()), "accepted");
    let good = ClaimsText::good().to_string();
    let token = book.hs256(HS, good);
    book.verify("guessed/ec-with-both-is-no-secret", token).keys([both]).refused("algorithm_mismatch");
}

fn embedded_keys(book: &mut Book) {
    book.threat("embedded key trusted");
    let good = ClaimsText::good().to_string();
    let attacker = book.keys.other_pair.jwk();
    let attacker_secret = book.keys.other_secret.clone();
    let url = "https://attacker.example/keys.json";
    for (name, member) in [
        ("jwk", json!({"jwk": attacker})),
        ("jku", json!({"jku": url})),
        ("x5c", json!({"x5c": [base64_of(&book.keys.other_pair.spki_der())]})),
        ("x5u", json!({"x5u": url})),
        ("x5t", json!({"x5t": "dGhlIGF0dGFja2VyJ3MgdGh1bWJwcmludA"})),
        ("jwk-and-jku", json!({"jku": url, "jwk": attacker})),
    ] {
        let mut header = member.clone();
        header["alg"] = "ES256".into();
        let token = book.es256_by_other(header.to_string(), &good);
        book.verify_es(&format!("embedded/{name}/control"), token.as_str()).keys([attacker.clone()]).accepted();
        book.verify_es(&format!("embedded/{name}/signed-by-it"), token.as_str()).refused("bad_signature");
        book.verify(&format!("embedded/{name}/no-keys"), token).keys([]).refused("key_not_found");
        let token = book.es256(header.to_string(), &good);
        book.verify_es(&format!("embedded/{name}/ignored"), token).accepted();
    }
    let header = json!({"alg": "HS256", "jwk": oct(&attacker_secret)}).to_string();
    book.verify("embedded/oct/signed-by-it", hs256(&attacker_secret, &header, &good)).refused("bad_signature");
    let token = book.hs256(r#"{"alg":"HS256","jwk":7,"jku":null,"x5c":{},"x5u":[[]]}"#, &good);
    book.verify("embedded/of-any-type/ignored", token).accepted();
}

fn base64_of(bytes: &[u8]) -> String {
    use base64ct::Encoding;
    base64ct::Base64::encode_string(bytes)
}
