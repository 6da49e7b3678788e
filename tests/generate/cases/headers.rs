//! Headers that ask for what is not done here.

use crate::book::Book;
use glowband_tests::claims_text::ClaimsText;

pub(crate) fn write(book: &mut Book) {
    let good = ClaimsText::good().to_string();
    book.threat("crit ignored");
    for (name, members) in [
        ("unknown-name", r#""crit":["bork"],"bork":true"#),
        ("unknown-name-absent", r#""crit":["bork"]"#),
        ("empty-array", r#""crit":[]"#),
        ("duplicate-name", r#""crit":["exp","exp"],"exp":1700000300"#),
        ("registered-name", r#""crit":["alg"]"#),
        ("b64", r#""crit":["b64"],"b64":false"#),
        ("b64-true", r#""crit":["b64"],"b64":true"#),
        ("exp", r#""crit":["exp"],"exp":1700000300"#),
        ("string", r#""crit":"exp""#),
        ("object", r#""crit":{"exp":1}"#),
        ("number", r#""crit":1"#),
        ("null", r#""crit":null"#),
        ("true", r#""crit":true"#),
        ("array-of-numbers", r#""crit":[1]"#),
        ("array-of-arrays", r#""crit":[["exp"]]"#),
        ("empty-name", r#""crit":[""],"":1"#),
        ("itself", r#""crit":["crit"]"#),
        ("name-escaped", r#""cr\u0069t":["bork"]"#),
    ] {
        let token = book.hs256(format!(r#"{{"alg":"HS256",{members}}}"#), &good);
        book.verify(&format!("crit/{name}"), token.as_str()).refused("critical_header");
        book.verify(&format!("crit/{name}/jws"), token).jws().refused("critical_header");
        let token = book.hs256(format!(r#"{{{members},"alg":"none"}}"#), &good);
        book.verify(&format!("crit/{name}/before-alg"), token).refused("critical_header");
    }

    book.threat("b64: false");
    for (name, member) in [("false", r#""b64":false"#), ("true", r#""b64":true"#), ("text", r#""b64":"false""#)] {
        let token = book.hs256(format!(r#"{{"alg":"HS256",{member}}}"#), &good);
        book.verify(&format!("b64/{name}"), token).refused("header_forbidden");
    }
    let secret = book.keys.secret.clone();
    let unencoded =
        format!("{}.$.02", glowband_tests::signing::encode(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#));
    let token = glowband_tests::signing::hs256_over(&secret, &unencoded);
    // RFC 7797 section 4.2: with b64 false the payload may hold a dot, and the token then has four parts.
    book.verify("b64/unencoded-payload-with-dot", token).refused("segment_count");
    let unencoded = format!("{}.$02", glowband_tests::signing::encode(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#));
    let token = glowband_tests::signing::hs256_over(&secret, &unencoded);
    book.verify("b64/unencoded-payload", token.as_str()).refused("critical_header");
    book.verify("b64/unencoded-payload/jws", token).jws().refused("critical_header");

    book.threat("sign / encrypt confusion");
    for (name, member) in [
        ("enc", r#""enc":"A128GCM""#),
        ("enc-null", r#""enc":null"#),
        ("zip", r#""zip":"DEF""#),
        ("zip-null", r#""zip":null"#),
        ("enc-and-zip", r#""enc":"A256GCM","zip":"DEF""#),
        ("enc-escaped", r#""\u0065nc":"A128GCM""#),
    ] {
        let token = book.hs256(format!(r#"{{"alg":"HS256",{member}}}"#), &good);
        book.verify(&format!("encryption/{name}"), token).refused("header_forbidden");
    }
    let header = glowband_tests::signing::encode(r#"{"alg":"dir","enc":"A128GCM"}"#);
    let five = format!("{header}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA");
    book.verify("encryption/five-segments", five.as_str()).refused("encrypted_token");
    book.verify("encryption/five-segments/jws", five).jws().refused("encrypted_token");
    let token = book.hs256(crate::book::HS, &good);
    book.verify("encryption/signed-token-and-two-more-segments", format!("{token}.AAAA.AAAA"))
        .refused("encrypted_token");
    let nested = book.hs256(r#"{"alg":"HS256","cty":"JWT"}"#, &token);
    book.verify("encryption/token-in-a-token", nested.as_str()).refused("payload_not_json");
    book.verify("encryption/token-in-a-token/jws", nested).jws().accepted();

    book.threat("wrong JSON type for a claim");
    for (name, typ) in
        [("number", "1"), ("null", "null"), ("array", r#"["JWT"]"#), ("object", "{}"), ("false", "false")]
    {
        let token = book.hs256(format!(r#"{{"alg":"HS256","typ":{typ}}}"#), &good);
        book.verify(&format!("header-type/typ-{name}"), token).refused("header_malformed");
    }
}
