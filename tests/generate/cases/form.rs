//! Tokens that are no tokens: dots, lengths, buffers, other serializations.

use crate::book::{Book, ES, HS};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::signing::{encode, hs256_over};
use glowband_tests::vector::{Limits, Token};

pub(crate) fn write(book: &mut Book) {
    dots(book);
    polyglots(book);
    buffers(book);
    lengths(book);
}

fn repeated(prefix: &str, unit: &str, times: usize, suffix: &str) -> Token {
    Token::Repeated { prefix: prefix.to_owned(), unit: unit.to_owned(), times, suffix: suffix.to_owned() }
}

fn raised(token_bytes: usize) -> Limits {
    Limits { token_bytes: Some(token_bytes), ..Limits::default() }
}

fn dots(book: &mut Book) {
    book.threat("dot flood");
    let million = || repeated("", ".", 1_000_000, "");
    book.verify("dots/million", million()).refused("token_too_long");
    book.verify("dots/million/jws", million()).jws().refused("token_too_long");
    book.verify("dots/million-within-a-raised-limit", million()).limits(raised(2_000_000)).refused("segment_count");
    book.verify("dots/16384", repeated("", ".", 16_384, "")).refused("segment_count");
    let good = ClaimsText::good().to_string();
    let token = book.hs256(HS, &good);
    book.verify("dots/good-token-and-a-million", repeated(&token, ".", 1_000_000, "")).refused("token_too_long");
    book.verify("dots/good-token-and-10000", repeated(&token, ".", 10_000, "")).refused("segment_count");
    for (name, token) in [
        ("none-at-all", token.replace('.', "")),
        ("empty", String::new()),
        ("one", ".".to_owned()),
        ("first-two-segments", token.rsplit_once('.').expect("dots").0.to_owned()),
        ("four-segments", format!("{token}.")),
        ("four-segments-in-front", format!(".{token}")),
        ("six-segments", format!("{token}...")),
        ("twice", format!("{token}.{token}")),
        ("two-tokens-with-a-space", format!("{token} {token}")),
    ] {
        let expected = if name == "two-tokens-with-a-space" { "encrypted_token" } else { "segment_count" };
        book.verify(&format!("dots/{name}"), token).refused(expected);
    }
    book.verify("dots/two-and-nothing-else", "..").refused("header_not_json");
    book.verify("dots/empty-header", token.replacen(&encode(HS), "", 1)).refused("header_not_json");
    book.verify("dots/full-width-stop", token.replace('.', "\u{ff0e}")).refused("segment_count");
}

fn polyglots(book: &mut Book) {
    book.threat("JSON / compact polyglot");
    let good = ClaimsText::good().to_string();
    let token = book.hs256(HS, &good);
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { panic!("three segments") };
    for (name, text, expected) in [
        (
            "flattened",
            format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#),
            "json_serialization",
        ),
        (
            "general",
            format!(r#"{{"payload":"{payload}","signatures":[{{"protected":"{header}","signature":"{signature}"}}]}}"#),
            "json_serialization",
        ),
        ("token-as-member-name", format!(r#"{{"{token}":""}}"#), "json_serialization"),
        (
            "token-and-serialization",
            format!(r#"{{" {header}.":".","payload":"e30","signatures":[],"x":".{signature}"}}"#),
            "json_serialization",
        ),
        ("token-in-braces", format!("{{{token}}}"), "json_serialization"),
        ("empty-object", "{}".to_owned(), "json_serialization"),
        (
            "white-space-in-front",
            format!(r#" {{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#),
            "segment_count",
        ),
        ("token-as-json-string", format!("\"{token}\""), "base64_invalid"),
        ("token-in-an-array", format!("[\"{token}\"]"), "base64_invalid"),
        ("unencoded-header", token.replacen(header, HS, 1), "json_serialization"),
    ] {
        book.verify(&format!("polyglot/{name}"), text.as_str()).refused(expected);
        book.verify(&format!("polyglot/{name}/jws"), text).jws().refused(expected);
    }
}

fn buffers(book: &mut Book) {
    book.threat("length overflow");
    let good = ClaimsText::good().to_string();
    let long_claims = ClaimsText::good().with("note", &format!("\"{}\"", "n".repeat(900))).to_string();
    let tokens = [
        ("hs256", book.hs256(HS, &good), false),
        ("es256", book.es256(ES, &good), true),
        ("hs256-1-kilobyte", book.hs256(HS, long_claims), false),
    ];
    for (name, token, by_pair) in tokens {
        let needed = decoded_length(&token);
        for (what, length) in [
            ("none", 0),
            ("one", 1),
            ("n-minus-1", needed - 1),
            ("n", needed),
            ("n-plus-1", needed + 1),
            ("twice-n", 2 * needed),
        ] {
            let expected = if length < needed { "scratch_too_small" } else { "accepted" };
            let name = format!("scratch/{name}/{what}");
            let draft =
                if by_pair { book.verify_es(&name, token.as_str()) } else { book.verify(&name, token.as_str()) };
            draft.scratch(length).refused(expected);
        }
    }
    // Where the signature is longer than the payload, it decides.
    let token = book.es256(ES, b"x");
    let needed = encode(ES).len() * 3 / 4 + 64;
    book.verify_es("scratch/signature-decides/n-minus-1", token.as_str())
        .jws()
        .scratch(needed - 1)
        .refused("scratch_too_small");
    book.verify_es("scratch/signature-decides/n", token).jws().scratch(needed).accepted();
    let token = book.hs256(HS, good);
    book.verify("scratch/three-quarters-are-enough", token.as_str()).scratch(token.len() * 3 / 4).accepted();
    book.verify("scratch/no-token-takes-none", "no token").scratch(0).refused("segment_count");
}

/// Bytes of the header, and of the payload or the signature, whichever is longer.
fn decoded_length(token: &str) -> usize {
    let lengths: Vec<usize> = token.split('.').map(|part| part.len() * 3 / 4).collect();
    lengths[0] + lengths[1].max(lengths[2])
}

fn lengths(book: &mut Book) {
    book.threat("limits");
    let secret = book.keys.secret.clone();
    // 60 characters of the token's text are a string of 45 letters in the claims.
    let claims = ClaimsText::good().to_string();
    let start = format!("{}   \"note\":\"", claims.replacen('}', ",", 1));
    let pad = " ".repeat((3 - start.len() % 3) % 3);
    let (front, back) = (encode(start.replacen("   ", &format!("   {pad}"), 1)), encode("\"}"));
    let mut long = |name: &str, units: usize, limits: Option<Limits>, expected: &str| {
        let token = hs256_over(&secret, &format!("{}.{front}{}{back}", encode(HS), "bm5u".repeat(units)));
        let (before, rest) = token.split_at(encode(HS).len() + 1 + front.len());
        let token = repeated(before, "bm5u", units, &rest[4 * units..]);
        let length = token.bytes().len();
        let draft = book.verify(&format!("length/{name}-{length}"), token);
        match limits {
            Some(limits) => draft.limits(limits),
            None => draft,
        }
        .refused(expected);
    };
    let base = encode(HS).len() + 1 + front.len() + back.len() + 1 + 43;
    let most = (16_384 - base) / 4;
    long("within-16384", most, None, "accepted");
    long("over-16384", most + 1, None, "token_too_long");
    long("within-a-raised-limit", most + 1, Some(raised(16_388)), "accepted");
    long("within-a-lowered-limit", 25, Some(raised(base + 100)), "accepted");
    long("over-a-lowered-limit", 26, Some(raised(base + 100)), "token_too_long");
    // 65535 bytes of JSON are the most, whatever the token's limit is.
    let json = (65_535 - (front.len() / 4 * 3 + 2)) / 3;
    long("json-within-65535", json, Some(raised(1_000_000)), "accepted");
    long("json-over-65535", json + 1, Some(raised(1_000_000)), "token_too_long");
    let text = hs256_over(&secret, &format!("{}.{}", encode(HS), "bm5u".repeat(30_000)));
    let (before, rest) = text.split_at(encode(HS).len() + 1);
    let token = repeated(before, "bm5u", 30_000, &rest[120_000..]);
    book.verify("length/jws-of-90000-bytes", token).jws().limits(raised(1_000_000)).accepted();
}
