//! Keys that are too short, off the curve, or not what they say.

use crate::book::Book;
use glowband_tests::signing::encode;
use glowband_tests::vector::{Case, from_hex, to_hex};
use serde_json::{Value, json};

/// The field's prime.
const P: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

pub(crate) fn write(book: &mut Book) {
    secrets(book);
    points(book);
    jwks(book);
}

fn secrets(book: &mut Book) {
    book.threat("empty or short HMAC key");
    for (length, expected) in [
        (0, "secret_too_short"),
        (1, "secret_too_short"),
        (16, "secret_too_short"),
        (31, "secret_too_short"),
        (32, "accepted"),
        (33, "accepted"),
        (64, "accepted"),
        (65, "accepted"),
        (512, "accepted"),
        (513, "secret_too_long"),
        (600, "secret_too_long"),
        (5000, "secret_too_long"),
    ] {
        let secret = vec![0x5a; length];
        // Only a JWK's secret has an upper end: it is decoded into a buffer of fixed size.
        let raw = if expected == "secret_too_long" { "accepted" } else { expected };
        book.case(&format!("secret/{length}-bytes"), Case::Secret { secret_hex: to_hex(&secret) }, raw);
        let jwk = json!({"kty": "oct", "k": encode(&secret)}).to_string();
        book.case(&format!("secret/jwk-of-{length}-bytes"), Case::Key { jwk }, expected);
    }
}

fn points(book: &mut Book) {
    book.threat("keys");
    let good = *book.keys.pair.point();
    let (x, y) = (good[1..33].to_vec(), good[33..].to_vec());
    let sign = y[31] & 1;
    let joined = |parts: &[&[u8]]| parts.concat();
    let mut off_curve = good;
    off_curve[64] ^= 1;
    let p = from_hex(P);
    let cases = [
        ("uncompressed", good.to_vec(), "accepted"),
        ("compressed", joined(&[&[2 + sign], &x]), "accepted"),
        ("compressed-other-half", joined(&[&[3 - sign], &x]), "accepted"),
        ("off-the-curve", off_curve.to_vec(), "point_invalid"),
        ("swapped", joined(&[&[4], &y, &x]), "point_invalid"),
        ("zero", joined(&[&[4], &[0; 64]]), "point_invalid"),
        ("infinity", vec![0], "point_invalid"),
        ("infinity-padded", vec![0; 65], "point_invalid"),
        ("x-is-p", joined(&[&[4], &p, &y]), "point_invalid"),
        ("y-is-p", joined(&[&[4], &x, &p]), "point_invalid"),
        ("compressed-x-is-p", joined(&[&[2], &p]), "point_invalid"),
        ("all-ones", joined(&[&[4], &[0xff; 64]]), "point_invalid"),
        ("hybrid", joined(&[&[6 + sign], &x, &y]), "point_invalid"),
        ("without-prefix", joined(&[&x, &y]), "point_invalid"),
        ("x-only", x.clone(), "point_invalid"),
        ("one-byte-short", good[..64].to_vec(), "point_invalid"),
        ("one-byte-more", joined(&[&good, &[0]]), "point_invalid"),
        ("uncompressed-length-compressed-prefix", joined(&[&[2], &x, &y]), "point_invalid"),
        ("empty", Vec::new(), "point_invalid"),
    ];
    for (name, point, expected) in cases {
        book.case(&format!("point/{name}"), Case::Point { point_hex: to_hex(&point) }, expected);
    }

    let ec = |x: &[u8], y: &[u8]| json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)}).to_string();
    let (long, longer, short) = (joined(&[&[0], &x]), joined(&[&[0, 0], &x]), &x[1..]);
    for (name, jwk, expected) in [
        ("on-the-curve", ec(&x, &y), "accepted"),
        ("off-the-curve", ec(&x, &off_curve[33..]), "point_invalid"),
        ("swapped", ec(&y, &x), "point_invalid"),
        ("zero", ec(&[0; 32], &[0; 32]), "point_invalid"),
        ("x-is-p", ec(&p, &y), "point_invalid"),
        // Leading zeros make no other number; a first octet that is left out does.
        ("x-of-33-bytes", ec(&long, &y), "accepted"),
        ("x-of-34-bytes", ec(&longer, &y), "jwk_malformed"),
        ("x-of-33-bytes-and-greater", ec(&joined(&[&[1], &x]), &y), "jwk_malformed"),
        ("x-of-31-bytes", ec(short, &y), "point_invalid"),
        ("x-empty", ec(&[], &y), "jwk_malformed"),
    ] {
        book.case(&format!("jwk-point/{name}"), Case::Key { jwk }, expected);
    }
}

fn jwks(book: &mut Book) {
    book.threat("keys");
    let changed = |base: &Value, name: &str, value: Value| {
        let mut jwk = base.clone();
        jwk[name] = value;
        jwk.to_string()
    };
    let (ec, oct) = (book.ec(), book.oct());
    let cases = [
        ("es256", changed(&ec, "alg", "ES256".into()), "accepted"),
        ("hs256", changed(&oct, "alg", "HS256".into()), "accepted"),
        ("sig", changed(&ec, "use", "sig".into()), "accepted"),
        ("verify", changed(&ec, "key_ops", json!(["verify"])), "accepted"),
        ("sign-and-verify", changed(&oct, "key_ops", json!(["sign", "verify"])), "accepted"),
        ("private-and-unknown-members", changed(&ec, "d", "not even base64 =".into()), "accepted"),
        ("kid", changed(&ec, "kid", "any \" kid".into()), "accepted"),
        ("enc", changed(&ec, "use", "enc".into()), "jwk_may_not_verify"),
        ("use-in-other-case", changed(&ec, "use", "SIG".into()), "jwk_may_not_verify"),
        ("sign-only", changed(&oct, "key_ops", json!(["sign"])), "jwk_may_not_verify"),
        ("jwt-svid", changed(&ec, "use", "jwt-svid".into()), "accepted"),
        ("x509-svid", changed(&ec, "use", "x509-svid".into()), "jwk_may_not_verify"),
        ("no-operation", changed(&ec, "key_ops", json!([])), "accepted"),
        ("operations-of-other-types", changed(&ec, "key_ops", json!(["verify", 1, null, ["verify"]])), "jwk_malformed"),
        ("alg-es384", changed(&ec, "alg", "ES384".into()), "jwk_algorithm_conflict"),
        ("alg-in-other-case", changed(&ec, "alg", "es256".into()), "key_unsupported"),
        ("alg-ecdh", changed(&ec, "alg", "ECDH-ES".into()), "key_unsupported"),
        ("alg-hs512", changed(&oct, "alg", "HS512".into()), "key_unsupported"),
        ("alg-none", changed(&oct, "alg", "none".into()), "key_unsupported"),
        ("kty-number", changed(&ec, "kty", 7.into()), "jwk_malformed"),
        ("kty-null", changed(&ec, "kty", Value::Null), "jwk_malformed"),
        ("use-number", changed(&ec, "use", 7.into()), "jwk_malformed"),
        ("alg-null", changed(&ec, "alg", Value::Null), "accepted"),
        ("use-null", changed(&ec, "use", Value::Null), "accepted"),
        ("kid-null", changed(&ec, "kid", Value::Null), "accepted"),
        ("key-ops-null", changed(&ec, "key_ops", Value::Null), "accepted"),
        ("x-null", changed(&ec, "x", Value::Null), "jwk_malformed"),
        ("kid-number", changed(&ec, "kid", 1.into()), "jwk_malformed"),
        ("key-ops-text", changed(&ec, "key_ops", "verify".into()), "jwk_malformed"),
        ("crv-null", changed(&ec, "crv", Value::Null), "jwk_malformed"),
        ("x-number", changed(&ec, "x", 1.into()), "jwk_malformed"),
        ("x-padded", changed(&ec, "x", format!("{}=", text(&ec, "x")).into()), "accepted"),
        ("x-padded-twice", changed(&ec, "x", format!("{}==", text(&ec, "x")).into()), "jwk_malformed"),
        ("x-standard-alphabet", changed(&ec, "x", "+".repeat(43).into()), "jwk_malformed"),
        ("k-number", changed(&oct, "k", 1.into()), "jwk_malformed"),
        ("k-not-base64", changed(&oct, "k", "not base64!".into()), "jwk_malformed"),
        ("k-of-one-character", changed(&oct, "k", "A".into()), "jwk_malformed"),
        ("k-not-canonical", changed(&oct, "k", format!("{}B", "A".repeat(42)).into()), "jwk_malformed"),
        ("kty-in-other-case", changed(&ec, "kty", "ec".into()), "key_unsupported"),
        ("crv-p384", changed(&ec, "crv", "P-384".into()), "key_unsupported"),
        ("crv-secp256k1", changed(&ec, "crv", "secp256k1".into()), "key_unsupported"),
        ("crv-in-other-case", changed(&ec, "crv", "p-256".into()), "key_unsupported"),
        ("rsa", json!({"kty": "RSA", "n": "AQ", "e": "AQAB"}).to_string(), "key_unsupported"),
        ("okp", json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}).to_string(), "key_unsupported"),
        ("crv-absent", json!({"kty": "EC", "x": ec["x"], "y": ec["y"]}).to_string(), "jwk_malformed"),
        ("y-absent", json!({"kty": "EC", "crv": "P-256", "x": ec["x"]}).to_string(), "jwk_malformed"),
        ("k-absent", r#"{"kty":"oct"}"#.to_owned(), "jwk_malformed"),
        ("kty-absent", "{}".to_owned(), "jwk_malformed"),
        ("kty-twice", oct.to_string().replacen('{', r#"{"kty":"EC","#, 1), "jwk_malformed"),
        ("k-twice", oct.to_string().replacen('{', r#"{"\u006b":"AAAA","#, 1), "jwk_malformed"),
        ("array", format!("[{oct}]"), "jwk_malformed"),
        ("set", json!({"keys": [oct]}).to_string(), "jwk_malformed"),
        ("text", oct["k"].to_string(), "jwk_malformed"),
        ("empty", String::new(), "jwk_malformed"),
        ("pem", book.keys.pair.spki_pem(), "jwk_malformed"),
        ("trailing-comma", oct.to_string().replace('}', ",}"), "jwk_malformed"),
        ("trailing-bytes", format!("{oct}{oct}"), "jwk_malformed"),
    ];
    for (name, jwk, expected) in cases {
        book.case(&format!("jwk/{name}"), Case::Key { jwk }, expected);
    }
}

fn text<'j>(jwk: &'j Value, name: &str) -> &'j str {
    jwk[name].as_str().unwrap_or_default()
}
