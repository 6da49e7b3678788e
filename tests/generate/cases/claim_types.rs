//! Registered claims of every JSON type, expected or not.

use crate::book::{Book, HS};
use glowband_tests::claims_text::ClaimsText;

const VALUES: [(&str, &str); 17] = [
    ("string", "\"text\""),
    ("empty-string", "\"\""),
    ("string-of-digits", "\"1700000300\""),
    ("integer", "1700000300"),
    ("fraction", "1700000300.5"),
    ("exponent", "17.000003e8"),
    ("zero", "0"),
    ("negative", "-1"),
    ("true", "true"),
    ("false", "false"),
    ("null", "null"),
    ("empty-object", "{}"),
    ("object", "{\"a\":1}"),
    ("empty-array", "[]"),
    ("array-of-strings", "[\"text\",\"other\"]"),
    ("mixed-array", "[\"text\",1]"),
    ("nested-array", "[[\"text\"]]"),
];

pub(crate) fn write(book: &mut Book) {
    book.threat("wrong JSON type for a claim");
    for (claim, malformed) in [
        ("iss", "issuer_malformed"),
        ("sub", "subject_malformed"),
        ("aud", "audience_malformed"),
        ("exp", "expiry_malformed"),
        ("nbf", "not_before_malformed"),
        ("iat", "issued_at_malformed"),
        ("jti", "token_id_malformed"),
    ] {
        for (kind, value) in VALUES {
            let fits = match claim {
                "exp" | "nbf" | "iat" => value.starts_with(|first: char| first == '-' || first.is_ascii_digit()),
                "aud" => value.starts_with('"') || matches!(kind, "array-of-strings" | "empty-array"),
                _ => value.starts_with('"'),
            };
            let expected = match (fits, claim, kind) {
                (false, ..) => malformed,
                (true, "exp", "zero" | "negative") => "expired",
                (true, "nbf", "integer" | "fraction" | "exponent") => "not_yet_valid",
                (true, "iat", "integer" | "fraction" | "exponent") => "issued_in_future",
                _ => "accepted",
            };
            let token = book.hs256(HS, ClaimsText::good().with(claim, value).to_string());
            // A policy that asks for nothing, and still no wrong type gets through.
            book.verify(&format!("claim-type/{claim}/{kind}"), token.as_str()).any_policy().refused(expected);
            if !fits {
                book.verify(&format!("claim-type/{claim}/{kind}/expected"), token.as_str()).refused(malformed);
                book.verify(&format!("claim-type/{claim}/{kind}/clock-unknown"), token).now(None).refused(malformed);
            }
        }
    }
    audiences(book);
    issuers(book);
}

fn audiences(book: &mut Book) {
    book.threat("aud type");
    for (name, value, expected) in [
        ("string", r#""door-42""#, "accepted"),
        ("array", r#"["door-42"]"#, "accepted"),
        ("array-in-the-middle", r#"["a","door-42","b"]"#, "accepted"),
        ("array-twice", r#"["door-42","door-42"]"#, "accepted"),
        ("array-escaped", r#"["a","door-\u0034\u0032"]"#, "accepted"),
        ("empty-array", "[]", "audience_mismatch"),
        ("empty-array-with-a-blank", "[ ]", "audience_mismatch"),
        ("mixed-array", r#"["door-42",42]"#, "audience_malformed"),
        ("mixed-array-null", r#"["door-42",null]"#, "audience_malformed"),
        ("mixed-array-object", r#"[{"aud":"door-42"},"door-42"]"#, "audience_malformed"),
        ("nested-array", r#"[["door-42"]]"#, "audience_malformed"),
        ("string-and-nested-array", r#"["door-42",["x"]]"#, "audience_malformed"),
        ("object", r#"{"door-42":true}"#, "audience_malformed"),
        ("null", "null", "audience_malformed"),
        ("number", "42", "audience_malformed"),
        ("true", "true", "audience_malformed"),
        ("other", r#""door-43""#, "audience_mismatch"),
        ("others", r#"["door-4","door-423"]"#, "audience_mismatch"),
        ("array-of-an-empty-string", r#"[""]"#, "audience_mismatch"),
        ("empty-string", r#""""#, "audience_mismatch"),
        ("prefix", r#""door-4""#, "audience_mismatch"),
        ("longer", r#""door-42x""#, "audience_mismatch"),
        ("case", r#""Door-42""#, "audience_mismatch"),
        ("comma-list", r#""door-42,door-43""#, "audience_mismatch"),
        ("space-list", r#""door-42 door-43""#, "audience_mismatch"),
        ("array-as-text", r#""[\"door-42\"]""#, "audience_mismatch"),
        ("nul-behind", r#""door-42\u0000""#, "audience_mismatch"),
        ("wildcard", r#""*""#, "audience_mismatch"),
    ] {
        let token = book.hs256(HS, ClaimsText::good().with("aud", value).to_string());
        book.verify(&format!("aud/{name}"), token).refused(expected);
    }
    let many: Vec<String> = (0..500).map(|index| format!("\"a{index}\"")).collect();
    let last = format!("[{},\"door-42\"]", many.join(","));
    let token = book.hs256(HS, ClaimsText::good().with("aud", &last).to_string());
    book.verify("aud/last-of-501", token).accepted();
    let token = book.hs256(HS, ClaimsText::good().with("aud", &format!("[{}]", many.join(","))).to_string());
    book.verify("aud/not-among-500", token).refused("audience_mismatch");
}

fn issuers(book: &mut Book) {
    book.threat("iss array / substring");
    for (name, value, expected) in [
        ("same", r#""https://id.example""#, "accepted"),
        ("escaped", r#""https:\/\/id\u002eexample""#, "accepted"),
        ("array", r#"["https://id.example"]"#, "issuer_malformed"),
        ("array-of-two", r#"["https://id.example","https://attacker.example"]"#, "issuer_malformed"),
        ("object", r#"{"https://id.example":1}"#, "issuer_malformed"),
        ("null", "null", "issuer_malformed"),
        ("prefix", r#""https://id.exampl""#, "issuer_mismatch"),
        ("suffix", r#""id.example""#, "issuer_mismatch"),
        ("substring", r#""id""#, "issuer_mismatch"),
        ("empty", r#""""#, "issuer_mismatch"),
        ("longer-host", r#""https://id.example.attacker.example""#, "issuer_mismatch"),
        ("user-name", r#""https://id.example@attacker.example""#, "issuer_mismatch"),
        ("query", r#""https://attacker.example?https://id.example""#, "issuer_mismatch"),
        ("trailing-slash", r#""https://id.example/""#, "issuer_mismatch"),
        ("port", r#""https://id.example:443""#, "issuer_mismatch"),
        ("scheme", r#""http://id.example""#, "issuer_mismatch"),
        ("host-in-capitals", r#""https://ID.example""#, "issuer_mismatch"),
        ("scheme-in-capitals", r#""HTTPS://id.example""#, "issuer_mismatch"),
        ("space-behind", r#""https://id.example ""#, "issuer_mismatch"),
        ("nul-behind", r#""https://id.example\u0000""#, "issuer_mismatch"),
        ("newline-behind", r#""https://id.example\n""#, "issuer_mismatch"),
        ("look-alike", "\"https://id.ехample\"", "issuer_mismatch"),
        ("percent-encoded", r#""https://id%2Eexample""#, "issuer_mismatch"),
        ("pattern", r#""https://id.e.*""#, "issuer_mismatch"),
    ] {
        let token = book.hs256(HS, ClaimsText::good().with("iss", value).to_string());
        book.verify(&format!("iss/{name}"), token).refused(expected);
    }
}
