//! Tokens that are as they should be.

use crate::book::{Book, ES, HS};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::vector::OneOrMany;

pub(crate) fn write(book: &mut Book) {
    book.threat("ordinary use");
    let good = ClaimsText::good();
    let payloads = [
        ("all-registered-claims", good.to_string()),
        ("expected-claims-only", good.clone().without("sub").without("nbf").without("iat").without("jti").to_string()),
        ("audience-list", good.clone().with("aud", r#"["lift-1","door-42","gate"]"#).to_string()),
        ("audience-list-of-one", good.clone().with("aud", r#"["door-42"]"#).to_string()),
        ("white-space", format!(" \r\n\t{}\n ", good.to_string().replace(',', " ,\r\n\t").replace("\":", "\" : "))),
        ("non-ascii", good.clone().with("name", "\"Zoë 東京 🚪\"").to_string()),
        ("escapes", good.clone().with("name", r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#).to_string()),
        ("escaped-names", good.clone().without("exp").with("\\u0065x\\u0070", "1700000300").to_string()),
        ("escaped-issuer", good.clone().with("iss", r#""https:\/\/id.ex\u0061mple""#).to_string()),
        ("escaped-audience", good.clone().with("aud", r#"["x","door\u002d42"]"#).to_string()),
        (
            "private-claims",
            good.clone().with("roles", r#"["admin",{"of":[1,2.5e3,null]}]"#).with("n", "-0").to_string(),
        ),
        ("empty-strings-and-containers", good.clone().with("a", "\"\"").with("b", "{}").with("c", "[]").to_string()),
        ("empty-name", good.clone().with("", "1").to_string()),
        ("empty-subject-and-id", good.clone().with("sub", "\"\"").with("jti", "\"\"").to_string()),
        ("long-string", good.clone().with("note", &format!("\"{}\"", "n".repeat(3000))).to_string()),
        ("delete-character", good.clone().with("note", "\"\u{7f}\u{2028}\"").to_string()),
    ];
    for (name, payload) in &payloads {
        let token = book.hs256(HS, payload);
        book.verify(&format!("ordinary/hs256/{name}"), token).accepted();
        let token = book.es256(ES, payload);
        book.verify_es(&format!("ordinary/es256/{name}"), token).accepted();
    }

    let headers = [
        ("alg-only", r#"{"alg":"HS256"}"#),
        ("typ-other", r#"{"typ":"anything","alg":"HS256"}"#),
        ("alg-last", r#"{"kid":"unheard-of","typ":"JWT","cty":"JWT","alg":"HS256"}"#),
        ("escaped-alg", r#"{"\u0061lg":"HS256"}"#),
        ("white-space", "{ \"typ\" : \"JWT\",\r\n \"alg\" : \"HS256\" }"),
        ("unknown-members", r#"{"alg":"HS256","vendor":{"a":[1,2,{"b":null}]},"exp":1}"#),
    ];
    for (name, header) in headers {
        let token = book.hs256(header, good.to_string());
        book.verify(&format!("ordinary/header/{name}"), token).accepted();
    }

    for (name, typ, expected) in [
        ("same", "at+jwt", "at+jwt"),
        ("case", "AT+JWT", "at+jwt"),
        ("prefixed", "application/at+jwt", "at+jwt"),
        ("prefixed-case", "APPLICATION/at+JWT", "at+jwt"),
        ("policy-prefixed", "at+jwt", "application/at+jwt"),
    ] {
        let token = book.hs256(format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), good.to_string());
        book.verify(&format!("ordinary/typ/{name}"), token)
            .policy(|policy| policy.typ = Some(expected.into()))
            .accepted();
    }

    let token = book.hs256(HS, good.to_string());
    book.verify("ordinary/any-issuer-any-audience", token.as_str()).any_policy().accepted();
    book.verify("ordinary/subject-expected", token.as_str())
        .policy(|policy| policy.sub = Some("alice".to_owned()))
        .accepted();
    book.verify("ordinary/jti-required", token.as_str()).policy(|policy| policy.require_jti = true).accepted();
    book.verify("ordinary/maximum-age", token.as_str()).policy(|policy| policy.max_age = Some(60)).accepted();
    let several = |own: &str| Some(OneOrMany::Many(vec!["other".to_owned(), own.to_owned()]));
    book.verify("ordinary/one-of-several-issuers", token.as_str())
        .policy(|policy| policy.iss = several("https://id.example"))
        .accepted();
    book.verify("ordinary/one-of-several-audiences", token.as_str())
        .policy(|policy| policy.aud = several("door-42"))
        .accepted();

    signatures_alone(book);
    structs(book);
}

fn signatures_alone(book: &mut Book) {
    let payloads: [(&str, &[u8]); 5] = [
        ("text", b"It\xe2\x80\x99s a dangerous business, Frodo, going out your door."),
        ("empty", b""),
        ("one-byte", b"\0"),
        ("all-bytes", &std::array::from_fn::<u8, 256, _>(|index| index.to_le_bytes()[0])),
        ("json-array", b"[1,2,3]"),
    ];
    for (name, payload) in payloads {
        let token = book.hs256(HS, payload);
        book.verify(&format!("ordinary/jws/hs256/{name}"), token).jws().accepted();
        let token = book.es256(ES, payload);
        book.verify_es(&format!("ordinary/jws/es256/{name}"), token).jws().accepted();
    }
}

fn structs(book: &mut Book) {
    book.threat("private claims");
    let good = ClaimsText::good();
    for (name, payload, expected) in [
        ("fits", good.clone().with("door", "\"north\""), "accepted"),
        ("fits-with-option", good.clone().with("door", "\"north\"").with("floor", "-2"), "accepted"),
        ("member-absent", good.clone(), "claims_unfit"),
        ("wrong-type", good.clone().with("door", "42"), "claims_unfit"),
        ("null", good.clone().with("door", "null"), "claims_unfit"),
        ("number-too-large", good.clone().with("door", "\"north\"").with("floor", "128"), "claims_unfit"),
        ("number-is-text", good.clone().with("door", "\"north\"").with("floor", "\"1\""), "claims_unfit"),
        ("escaped-into-borrowed", good.clone().with("door", r#""n\u006frth""#), "claims_unfit"),
    ] {
        let token = book.hs256(HS, payload.to_string());
        book.verify(&format!("struct/{name}"), token).claims().refused(expected);
    }
}
