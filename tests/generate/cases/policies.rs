//! What is configured is required; and what is checked first.

use crate::book::{Book, HS, PolicyChange};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::vector::{OneOrMany, Policy};

pub(crate) fn write(book: &mut Book) {
    absent(book);
    different(book);
    order(book);
}

fn absent(book: &mut Book) {
    book.threat("configured but absent");
    let good = ClaimsText::good();
    let cases: [(&str, ClaimsText, PolicyChange, &str); 16] = [
        ("iss", good.clone().without("iss"), |_| {}, "issuer_missing"),
        ("aud", good.clone().without("aud"), |_| {}, "audience_missing"),
        (
            "iss-in-capitals",
            good.clone().without("iss").with("ISS", "\"https://id.example\""),
            |_| {},
            "issuer_missing",
        ),
        (
            "iss-nested",
            good.clone().without("iss").with("x", r#"{"iss":"https://id.example"}"#),
            |_| {},
            "issuer_missing",
        ),
        (
            "issuer-for-iss",
            good.clone().without("iss").with("issuer", "\"https://id.example\""),
            |_| {},
            "issuer_missing",
        ),
        ("any-of-issuers", good.clone().without("iss"), |policy| policy.iss = many(&["a", "b"]), "issuer_missing"),
        ("any-of-no-issuers", good.clone().without("iss"), |policy| policy.iss = many(&[]), "issuer_missing"),
        ("any-of-audiences", good.clone().without("aud"), |policy| policy.aud = many(&["a", "b"]), "audience_missing"),
        ("sub", good.clone().without("sub"), |policy| policy.sub = Some("alice".into()), "subject_missing"),
        (
            "sub-empty-expected",
            good.clone().without("sub"),
            |policy| policy.sub = Some(String::new()),
            "subject_missing",
        ),
        ("jti", good.clone().without("jti"), |policy| policy.require_jti = true, "token_id_missing"),
        ("jti-empty", good.clone().with("jti", "\"\""), |policy| policy.require_jti = true, "token_id_missing"),
        ("exp", good.clone().without("exp"), |_| {}, "expiry_missing"),
        ("exp-with-leeway", good.clone().without("exp"), |policy| policy.leeway = u64::MAX, "expiry_missing"),
        ("iat-for-maximum-age", good.clone().without("iat"), |policy| policy.max_age = Some(60), "issued_at_missing"),
        ("iat-for-any-maximum-age", good.without("iat"), |policy| policy.max_age = Some(u64::MAX), "issued_at_missing"),
    ];
    for (name, claims, change, expected) in cases {
        let token = book.hs256(HS, claims.to_string());
        book.verify(&format!("absent/{name}"), token).policy(change).refused(expected);
    }
    let good = ClaimsText::good();
    let token = book.hs256(r#"{"alg":"HS256"}"#, good.to_string());
    book.verify("absent/typ", token).policy(|policy| policy.typ = Some("at+jwt".into())).refused("token_type_missing");
    let token = book.hs256(r#"{"alg":"HS256"}"#, good.clone().with("typ", "\"at+jwt\"").to_string());
    book.verify("absent/typ-in-the-payload", token)
        .policy(|policy| policy.typ = Some("at+jwt".into()))
        .refused("token_type_missing");
    let token =
        book.hs256(r#"{"alg":"HS256","iss":"https://id.example","aud":"door-42"}"#, good.without("iss").to_string());
    book.verify("absent/iss-in-the-header", token).refused("issuer_missing");
    let token = book.hs256(HS, "{}");
    book.verify("absent/everything-nothing-expected", token.as_str()).any_policy().refused("expiry_missing");
    book.verify("absent/everything-and-exp-allowed", token)
        .any_policy()
        .policy(|policy| policy.allow_missing_expiry = true)
        .accepted();
}

fn many(several: &[&str]) -> Option<OneOrMany> {
    Some(OneOrMany::Many(several.iter().map(|one| (*one).to_owned()).collect()))
}

fn different(book: &mut Book) {
    book.threat("configured but absent");
    let good = ClaimsText::good();
    let token = book.hs256(HS, good.to_string());
    let cases: [(&str, PolicyChange, &str); 12] = [
        ("iss", |policy| policy.iss = Some(OneOrMany::One("https://other.example".into())), "issuer_mismatch"),
        ("iss-none-of-two", |policy| policy.iss = many(&["https://id.example/", "https://id"]), "issuer_mismatch"),
        ("iss-none-of-none", |policy| policy.iss = many(&[]), "issuer_mismatch"),
        ("aud", |policy| policy.aud = Some(OneOrMany::One("door-43".into())), "audience_mismatch"),
        ("aud-none-of-two", |policy| policy.aud = many(&["door-4", "door-421"]), "audience_mismatch"),
        ("aud-none-of-none", |policy| policy.aud = many(&[]), "audience_mismatch"),
        ("aud-empty-expected", |policy| policy.aud = Some(OneOrMany::One(String::new())), "audience_mismatch"),
        ("sub", |policy| policy.sub = Some("bob".into()), "subject_mismatch"),
        ("sub-case", |policy| policy.sub = Some("Alice".into()), "subject_mismatch"),
        ("sub-empty-expected", |policy| policy.sub = Some(String::new()), "subject_mismatch"),
        ("typ", |policy| policy.typ = Some("at+jwt".into()), "token_type_mismatch"),
        ("typ-empty-expected", |policy| policy.typ = Some(String::new()), "token_type_mismatch"),
    ];
    for (name, change, expected) in cases {
        book.verify(&format!("different/{name}"), token.as_str()).policy(change).refused(expected);
    }
    for (name, typ) in [
        ("prefix", "at+jw"),
        ("longer", "at+jwt2"),
        ("other", "JWT"),
        ("empty", ""),
        ("prefix-twice", "application/application/at+jwt"),
        ("other-prefix", "text/at+jwt"),
        ("id-token", "id+jwt"),
        ("space-behind", "at+jwt "),
        ("parameter", "at+jwt;x=1"),
    ] {
        let token = book.hs256(format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), good.to_string());
        book.verify(&format!("different/typ-{name}"), token)
            .policy(|policy| policy.typ = Some("at+jwt".into()))
            .refused("token_type_mismatch");
    }
}

/// One claims set with everything wrong, mended step by step: the type first, then claim by claim, the dates last.
fn order(book: &mut Book) {
    book.threat("wrong error first");
    let steps: [(&str, &str, &str, &str); 14] = [
        ("iss-of-wrong-type", "iss", "\"x\"", "issuer_malformed"),
        ("other-iss", "iss", "\"https://id.example\"", "issuer_mismatch"),
        ("aud-of-wrong-type", "aud", "\"x\"", "audience_malformed"),
        ("other-aud", "aud", "\"door-42\"", "audience_mismatch"),
        ("sub-of-wrong-type", "sub", "\"x\"", "subject_malformed"),
        ("other-sub", "sub", "\"alice\"", "subject_mismatch"),
        ("jti-of-wrong-type", "jti", "\"\"", "token_id_malformed"),
        ("jti-empty", "jti", "\"t-1\"", "token_id_missing"),
        ("exp-of-wrong-type", "exp", "1", "expiry_malformed"),
        ("nbf-of-wrong-type", "nbf", "1800000000", "not_before_malformed"),
        ("iat-of-wrong-type", "iat", "1800000000", "issued_at_malformed"),
        ("expired", "exp", "1700000300", "expired"),
        ("not-yet-valid", "nbf", "1699999990", "not_yet_valid"),
        ("issued-in-future", "iat", "1600000000", "issued_in_future"),
    ];
    let wrong = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
    let mut claims = wrong.iter().fold(ClaimsText::none(), |claims, name| claims.with(name, "null"));
    let policy = |policy: &mut Policy| {
        policy.sub = Some("alice".into());
        policy.typ = Some("at+jwt".into());
        policy.require_jti = true;
        policy.max_age = Some(60);
    };
    let token = book.hs256(HS, claims.to_string());
    book.verify("order/other-typ-before-all", token).policy(policy).refused("token_type_mismatch");
    for (name, claim, mended, expected) in steps {
        let token = book.hs256(r#"{"alg":"HS256","typ":"at+jwt"}"#, claims.to_string());
        book.verify(&format!("order/{name}"), token).policy(policy).refused(expected);
        claims = claims.with(claim, mended);
    }
    let token = book.hs256(r#"{"alg":"HS256","typ":"at+jwt"}"#, claims.to_string());
    book.verify("order/too-old", token).policy(policy).refused("too_old");
    let token = book.hs256(r#"{"alg":"HS256","typ":"at+jwt"}"#, claims.with("iat", "1699999950").to_string());
    book.verify("order/nothing-wrong-left", token).policy(policy).accepted();
}
