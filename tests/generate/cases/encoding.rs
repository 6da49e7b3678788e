//! Second spellings of the same bytes, and what is no base64url at all.

use crate::book::{Book, HS};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::signing::{encode, hs256_over};

/// The two characters that base64url has instead of `+` and `/`, in a place where both are sure to stand.
const BOTH_SPECIALS: &str = "\"??????~~~~~~\"";

pub(crate) fn write(book: &mut Book) {
    book.threat("base64 malleability");
    let header = encode(format!(r#"{{"alg":"HS256","x":{BOTH_SPECIALS}}}"#));
    // A length of 2 mod 3, so that the last character has bits that carry nothing.
    let claims = (0..3)
        .map(|pad| {
            ClaimsText::good().with("x", BOTH_SPECIALS).with("pad", &format!("\"{}\"", "p".repeat(pad))).to_string()
        })
        .find(|text| text.len() % 3 == 2)
        .expect("one of three lengths");
    let payload = encode(&claims);
    assert!(header.contains('_') && payload.contains('_'), "a character to replace");
    let secret = book.keys.secret.clone();
    let good = hs256_over(&secret, &format!("{header}.{payload}"));
    book.verify("base64/control", good.as_str()).accepted();

    for (name, change) in changes() {
        // The signature covers the spelling, so only the spelling can be at fault.
        let token = hs256_over(&secret, &format!("{}.{payload}", change(&header)));
        book.verify(&format!("base64/header/{name}"), token.as_str()).refused("base64_invalid");
        book.verify(&format!("base64/header/{name}/jws"), token).jws().refused("base64_invalid");
        let token = hs256_over(&secret, &format!("{header}.{}", change(&payload)));
        book.verify(&format!("base64/payload/{name}"), token.as_str()).refused("base64_invalid");
        book.verify(&format!("base64/payload/{name}/jws"), token).jws().refused("base64_invalid");
        let (input, signature) = good.rsplit_once('.').expect("three segments");
        let token = format!("{input}.{}", change(signature));
        book.verify(&format!("base64/signature/{name}"), token.as_str()).refused("base64_invalid");
        book.verify(&format!("base64/signature/{name}/jws"), token).jws().refused("base64_invalid");
    }

    for (name, segment) in [("header", 0), ("payload", 1), ("signature", 2)] {
        let mut parts: Vec<Vec<u8>> = good.split('.').map(|part| part.as_bytes().to_vec()).collect();
        parts[segment][5] = 0xe9;
        let token = parts.join(b".".as_slice());
        // The payload is decoded once its signature is proven, and this one has none that fits.
        let expected = if segment == 1 { "bad_signature" } else { "base64_invalid" };
        book.verify(&format!("base64/{name}/latin-1"), token).refused(expected);
    }
    for (name, token) in [
        ("space-in-front", format!(" {good}")),
        ("space-behind", format!("{good} ")),
        ("newline-behind", format!("{good}\n")),
        ("crlf-behind", format!("{good}\r\n")),
        ("nul-behind", format!("{good}\0")),
        ("bearer-in-front", format!("Bearer {good}")),
        ("byte-order-mark", format!("\u{feff}{good}")),
        ("percent-encoded", good.replacen('_', "%5F", 1)),
        ("comma-behind", format!("{good},")),
    ] {
        book.verify(&format!("base64/token/{name}"), token).refused("base64_invalid");
    }
    standard_alphabet_signature(book);
}

/// Another spelling of a segment.
type Change = fn(&str) -> String;

fn changes() -> [(&'static str, Change); 15] {
    [
        ("padding", |text| format!("{text}=")),
        ("padding-twice", |text| format!("{text}==")),
        ("padding-in-front", |text| format!("={text}")),
        ("padding-in-the-middle", |text| insert(text, "=")),
        ("plus", |text| replace_first(text, "+")),
        ("slash", |text| replace_first(text, "/")),
        ("space", |text| insert(text, " ")),
        ("newline", |text| insert(text, "\n")),
        ("crlf", |text| insert(text, "\r\n")),
        ("tab-behind", |text| format!("{text}\t")),
        ("nul", |text| insert(text, "\0")),
        ("trailing-bit", |text| with_trailing_bit(text)),
        ("impossible-length", |text| text[..text.len() / 4 * 4 - 3].to_owned()),
        ("impossible-length-of-one", |_| "A".to_owned()),
        ("non-ascii", |text| replace_first(text, "é")),
    ]
}

fn insert(text: &str, what: &str) -> String {
    let (front, back) = text.split_at(4);
    format!("{front}{what}{back}")
}

fn replace_first(text: &str, with: &str) -> String {
    let at = text.find(['-', '_']).unwrap_or(3);
    format!("{}{with}{}", &text[..at], &text[at + 1..])
}

/// The same bytes, spelled with a bit that carries nothing.
fn with_trailing_bit(text: &str) -> String {
    // A whole number of quads has no such bit: then the last quad loses its last character and gets one.
    let text = if text.len().is_multiple_of(4) { &text[..text.len() - 1] } else { text };
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (front, last) = text.split_at(text.len() - 1);
    let value = ALPHABET.iter().position(|byte| last.as_bytes() == [*byte]).expect("in the alphabet");
    format!("{front}{}", char::from(ALPHABET[value | 1]))
}

/// A genuine tag in the alphabet of base64 instead of base64url.
fn standard_alphabet_signature(book: &mut Book) {
    let good = (0..50)
        .map(|n| book.hs256(HS, ClaimsText::good().with("n", &n.to_string()).to_string()))
        .find(|token| token.rsplit_once('.').is_some_and(|(_, tag)| tag.contains('-') && tag.contains('_')))
        .expect("one of fifty tags has both characters");
    let (input, tag) = good.rsplit_once('.').expect("three segments");
    book.verify("base64/signature/standard-alphabet/control", good.as_str()).accepted();
    let token = format!("{input}.{}", tag.replace('-', "+").replace('_', "/"));
    book.verify("base64/signature/standard-alphabet", token).refused("base64_invalid");
}
