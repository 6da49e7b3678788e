//! What only the host can refuse: key files, and lines of a batch.

use crate::book::{Book, HS};
use glowband_tests::claims_text::{ClaimsText, NOW};
use glowband_tests::vector::Case;
use serde_json::json;

pub(crate) fn write(book: &mut Book) {
    book.threat("requests");
    let pem = book.keys.pair.spki_pem();
    let private = pem.replace("PUBLIC", "CERTIFICATE REQUEST");
    let key_files = [
        ("public-key-in-pem", pem.clone(), "accepted"),
        ("jwk", book.ec().to_string(), "accepted"),
        ("jwk-set", json!({"keys": [book.oct(), book.ec()]}).to_string(), "accepted"),
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
    let lines = [
        ("good", good.to_string(), "accepted"),
        ("not-json", "not json".to_owned(), "bad_request"),
        ("cut", good.to_string().trim_end_matches('}').to_owned(), "bad_request"),
        ("array", format!("[{good}]"), "bad_request"),
        ("number", "1".to_owned(), "bad_request"),
        ("no-token", without("token"), "bad_request"),
        ("token-of-wrong-type", good.to_string().replace(&format!("\"{token}\""), "7"), "bad_request"),
    ];
    for (name, line, expected) in lines {
        book.case(&format!("request/{name}"), Case::Request { line }, expected);
    }
}
