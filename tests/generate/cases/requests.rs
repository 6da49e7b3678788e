//! What only the host can refuse: key files, and lines of a batch.

use crate::book::{Book, HS};
use crate::keys::oct;
use glowband_tests::claims_text::{ClaimsText, NOW};
use glowband_tests::signing::encode;
use glowband_tests::vector::Case;
use serde_json::{Value, json};

pub(crate) fn write(book: &mut Book) {
    book.threat("requests");
    let pem = book.keys.pair.spki_pem();
    let private = pem.replace("PUBLIC", "CERTIFICATE REQUEST");
    let key_files = [
        ("public-key-in-pem", pem.clone(), "accepted"),
        ("jwk", book.ec().to_string(), "accepted"),
        ("jwk-set", json!({"keys": [book.oct(), book.ec()]}).to_string(), "accepted"),
        ("rsa-of-512-bits", rsa(0x80, 64).to_string(), "modulus_size"),
        ("rsa-of-1024-bits", rsa(0x80, 128).to_string(), "modulus_size"),
        ("rsa-of-2047-bits", rsa(0x40, 256).to_string(), "modulus_size"),
        ("rsa-of-8193-bits", rsa(0x01, 1025).to_string(), "modulus_size"),
        ("empty", String::new(), "key_malformed"),
        ("text", "no key at all\n".to_owned(), "key_malformed"),
        ("pem-of-something-else", private, "key_malformed"),
        ("pem-cut", pem[..pem.len() / 2].to_owned(), "key_malformed"),
        ("pem-of-no-base64", pem.replace('M', "*"), "key_malformed"),
    ];
    for (name, content, expected) in key_files {
        book.case(&format!("key-file/{name}"), Case::KeyFile { content }, expected);
    }

    let token = book.hs256(HS, ClaimsText::good().to_string());
    let good =
        json!({"id": 1, "token": token, "jwk": book.oct(), "now": NOW, "iss": "https://id.example", "aud": "door-42"});
    let without = |name: &str| {
        let mut request = good.clone();
        request.as_object_mut().expect("an object").remove(name);
        request.to_string()
    };
    let mut off_curve = book.ec();
    off_curve["y"] = off_curve["x"].clone();
    let lines = [
        ("good", good.to_string(), "accepted"),
        ("not-json", "not json".to_owned(), "bad_request"),
        ("cut", good.to_string().trim_end_matches('}').to_owned(), "bad_request"),
        ("array", format!("[{good}]"), "bad_request"),
        ("number", "1".to_owned(), "bad_request"),
        ("rsa-of-1024-bits", json!({"token": token, "jwk": rsa(0x80, 128)}).to_string(), "modulus_size"),
        ("secret-of-31-bytes", json!({"token": token, "jwk": oct(&[1; 31])}).to_string(), "secret_too_short"),
        ("key-off-the-curve", json!({"token": token, "jwk": off_curve}).to_string(), "point_invalid"),
        ("no-token", without("token"), "bad_request"),
        ("token-of-wrong-type", good.to_string().replace(&format!("\"{token}\""), "7"), "bad_request"),
    ];
    for (name, line, expected) in lines {
        book.case(&format!("request/{name}"), Case::Request { line }, expected);
    }
}

/// An RSA key whose modulus has this many bytes; the first one says how many bits.
fn rsa(first: u8, bytes: usize) -> Value {
    let modulus = [&[first], vec![0xff; bytes - 1].as_slice()].concat();
    json!({"kty": "RSA", "n": encode(modulus), "e": "AQAB"})
}
