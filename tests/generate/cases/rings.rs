//! Several keys: who is asked, and who is not.

use crate::book::{Book, ES, HS};
use crate::keys::{named, oct};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::signing::hs256;
use glowband_tests::vector::{Case, Limits};
use serde_json::Value;

pub(crate) fn write(book: &mut Book) {
    mixed(book);
    injected(book);
    crowded(book);
    owned(book);
}

fn header(alg: &str, kid: &str) -> String {
    format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#)
}

fn mixed(book: &mut Book) {
    book.threat("mixed keyring");
    let good = ClaimsText::good().to_string();
    let other = book.keys.other_secret.clone();
    let ring = [named("a", book.oct()), named("b", book.ec()), named("c", oct(&other))];
    let cases = [
        ("own-kid-hs256", book.hs256(header("HS256", "a"), &good), "accepted"),
        ("own-kid-es256", book.es256(header("ES256", "b"), &good), "accepted"),
        ("no-kid-hs256", book.hs256(HS, &good), "accepted"),
        ("no-kid-es256", book.es256(ES, &good), "accepted"),
        ("hs256-under-the-kid-of-es256", book.hs256(header("HS256", "b"), &good), "algorithm_mismatch"),
        ("es256-under-the-kid-of-hs256", book.es256(header("ES256", "a"), &good), "algorithm_mismatch"),
        ("hs256-under-another-secrets-kid", book.hs256(header("HS256", "c"), &good), "bad_signature"),
        ("kid-of-nobody", book.hs256(header("HS256", "d"), &good), "key_not_found"),
        ("kid-of-nobody-es256", book.es256(header("ES256", "d"), &good), "key_not_found"),
        ("algorithm-of-nobody", book.hs256(header("RS256", "a"), &good), "algorithm_mismatch"),
        ("kid-of-nobody-algorithm-of-nobody", book.hs256(header("RS256", "d"), &good), "key_not_found"),
    ];
    for (name, token, expected) in cases {
        book.verify(&format!("mixed-ring/{name}"), token).keys(ring.clone()).refused(expected);
    }
    let same_name = [named("k", book.oct()), named("k", book.ec())];
    let token = book.hs256(header("HS256", "k"), &good);
    book.verify("mixed-ring/one-kid-two-algorithms/hs256", token).keys(same_name.clone()).accepted();
    let token = book.es256(header("ES256", "k"), &good);
    book.verify("mixed-ring/one-kid-two-algorithms/es256", token).keys(same_name).accepted();
    let with_nameless = [named("x", oct(&other)), book.oct()];
    let token = book.hs256(header("HS256", "unheard-of"), &good);
    book.verify("mixed-ring/a-nameless-key-is-for-all", token).keys(with_nameless.clone()).accepted();
    let token = book.hs256(header("HS256", "x"), &good);
    book.verify("mixed-ring/the-named-and-the-nameless", token).keys(with_nameless).accepted();
    let token = book.hs256(HS, &good);
    book.verify("mixed-ring/empty", token).keys([]).refused("key_not_found");
}

fn injected(book: &mut Book) {
    book.threat("kid injection");
    let good = ClaimsText::good().to_string();
    let ring: Vec<Value> = ["a", "é", "", "k/1"].map(|kid| named(kid, book.oct())).into();
    let long = "k".repeat(10_000);
    for (name, kid, expected) in [
        ("traversal", "../../../../dev/null", "key_not_found"),
        ("traversal-escaped", "..\\/..\\/dev\\/null", "key_not_found"),
        ("windows-path", "c:\\\\keys\\\\a", "key_not_found"),
        ("sql", "a' OR '1'='1", "key_not_found"),
        ("sql-union", "x' UNION SELECT 'key' --", "key_not_found"),
        ("shell", "a; cat /etc/passwd |", "key_not_found"),
        ("url", "https://attacker.example/a", "key_not_found"),
        ("format", "%s%n{}", "key_not_found"),
        ("nul-behind", "a\\u0000", "key_not_found"),
        ("nul-in-front", "\\u0000a", "key_not_found"),
        ("nul-and-more", "a\\u0000b", "key_not_found"),
        ("case", "A", "key_not_found"),
        ("space-behind", "a ", "key_not_found"),
        ("twice", "aa", "key_not_found"),
        ("decomposed", "e\\u0301", "key_not_found"),
        ("wildcard", "*", "key_not_found"),
        ("10-kilobytes", &long, "key_not_found"),
        ("escaped-own", "\\u0061", "accepted"),
        ("escaped-non-ascii", "\\u00e9", "accepted"),
        ("plain-non-ascii", "é", "accepted"),
        ("escaped-slash", "k\\/1", "accepted"),
        ("empty-own", "", "accepted"),
    ] {
        let token = book.hs256(header("HS256", kid), &good);
        book.verify(&format!("kid/{name}"), token.as_str()).keys(ring.clone()).refused(expected);
        if expected == "key_not_found" {
            book.verify(&format!("kid/{name}/nameless-key"), token).accepted();
        }
    }
    for (name, kid) in
        [("number", "1"), ("null", "null"), ("true", "true"), ("array", r#"["a"]"#), ("object", r#"{"a":1}"#)]
    {
        let token = book.hs256(format!(r#"{{"alg":"HS256","kid":{kid}}}"#), &good);
        book.verify(&format!("kid/of-type-{name}"), token).keys(ring.clone()).refused("header_malformed");
    }
}

fn crowded(book: &mut Book) {
    book.threat("limits");
    let good = ClaimsText::good().to_string();
    let token = book.hs256(header("HS256", "kid-of-the-token"), &good);
    let strangers = |count: u8| (0..count).map(|index| oct(&[index; 32])).collect::<Vec<_>>();
    for (strangers_in_front, expected) in
        [(0, "accepted"), (3, "accepted"), (4, "too_many_keys"), (40, "too_many_keys")]
    {
        let mut keys = strangers(strangers_in_front);
        keys.push(book.oct());
        book.verify(&format!("keys-tried/{strangers_in_front}-others-first"), token.as_str())
            .keys(keys)
            .refused(expected);
    }
    book.verify("keys-tried/four-that-all-fail", token.as_str()).keys(strangers(4)).refused("bad_signature");
    book.verify("keys-tried/five-that-all-fail", token.as_str()).keys(strangers(5)).refused("too_many_keys");
    let raised = |keys| Limits { keys: Some(keys), ..Limits::default() };
    for (limit, strangers_in_front, expected) in [
        (16, 15, "accepted"),
        (16, 16, "too_many_keys"),
        (5, 4, "accepted"),
        (5, 5, "too_many_keys"),
        (1, 0, "accepted"),
        (1, 1, "too_many_keys"),
        (200, 15, "accepted"),
        (200, 16, "too_many_keys"),
    ] {
        let mut keys = strangers(strangers_in_front);
        keys.push(book.oct());
        book.verify(&format!("keys-tried/{strangers_in_front}-others-first-of-{limit}"), token.as_str())
            .keys(keys)
            .limits(raised(limit))
            .refused(expected);
    }
    let mut keys: Vec<Value> = (0..40).map(|index| named("another", oct(&[index; 32]))).collect();
    keys.extend((0..40).map(|_| book.ec()));
    keys.push(named("kid-of-the-token", book.oct()));
    book.verify("keys-tried/others-by-kid-or-algorithm-do-not-count", token).keys(keys).accepted();
    let token = hs256(&[7; 32], header("HS256", "kid-of-the-token"), &good);
    let ring: Vec<Value> = (0..6).map(|index| named("kid-of-the-token", oct(&[index + 10; 32]))).collect();
    book.verify("keys-tried/six-of-one-kid", token).keys(ring).refused("too_many_keys");
}

fn owned(book: &mut Book) {
    book.threat("limits");
    let (oct, ec) = (book.oct(), book.ec());
    let ring = |keys: &[Value]| Case::Ring { capacity: 2, kid_bytes: 16, keys: keys.to_vec() };
    let (a, b, c) = (named("a", oct.clone()), named("b", ec.clone()), named("c", oct.clone()));
    book.case("ring/two-of-two", ring(&[a.clone(), b.clone()]), "accepted");
    book.case("ring/three-of-two", ring(&[a.clone(), b.clone(), c]), "key_ring_full");
    book.case("ring/a-kid-replaced-takes-no-room", ring(&[a.clone(), b.clone(), a.clone()]), "accepted");
    book.case("ring/one-kid-two-algorithms-take-two", ring(&[a.clone(), named("a", ec)]), "accepted");
    let long = |length: usize| named(&"k".repeat(length), oct.clone());
    book.case("ring/kid-of-16-bytes", ring(&[long(16)]), "accepted");
    book.case("ring/kid-of-17-bytes", ring(&[long(17)]), "key_id_too_long");
    book.case("ring/kid-of-9-characters-in-18-bytes", ring(&[named(&"é".repeat(9), oct.clone())]), "key_id_too_long");
}
