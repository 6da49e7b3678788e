//! `glowband inspect`: prints tokens without a verdict.

use crate::program::{DOOR, run, run_with};
use serde_json::Value;

#[test]
fn the_output_is_marked_as_untrusted() {
    let done = run(&["inspect", "--now", "1700000000", DOOR]).expect(0);
    assert!(done.out.starts_with("UNTRUSTED: not verified."), "{}", done.out);
    assert!(done.out.contains("\"HS256\"") && done.out.contains("\"alice\"") && !done.out.contains("problems"));
    let done = run_with(&["inspect", "--json", "-"], format!("\n {DOOR} \n").as_bytes()).expect(0);
    let shown: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((&shown["verified"], &shown["claims"]["sub"]), (&false.into(), &"alice".into()));
    assert!(shown["problems"].as_array().unwrap().iter().any(|problem| problem["error"] == "expired"));
}

#[test]
fn problems_are_listed() {
    // {"alg":"none"} and {"exp":1,"iss":[]}.
    let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjEsImlzcyI6W119.";
    let done = run(&["inspect", token]).expect(0);
    for problem in ["11 algorithm_none", "18 signature_missing", "27 issuer_malformed", "45 expired"] {
        assert!(done.out.contains(problem), "{}", done.out);
    }
}

#[test]
fn a_payload_that_cannot_be_decoded_gives_exit_code_1() {
    for (token, words) in [
        ("a.b.c.d.e", "3 encrypted_token"),
        ("nonsense", "2 segment_count"),
        ("!.!.!", "5 base64_invalid"),
        ("W10.e30.", "7 header_not_json"),
    ] {
        let done = run(&["inspect", token]).expect(1);
        assert!(done.out.contains(words), "{}", done.out);
        let done = run(&["inspect", "--json", token]).expect(1);
        let shown: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!((&shown["verified"], &shown["ok"]), (&false.into(), &false.into()));
    }
    run(&["inspect"]).expect(2);
}

#[test]
fn readable_parts_are_printed() {
    let padded = |text: &str, signature: &str| format!("{text}.{signature}");
    // {"alg":"ES256"} and {"sub":"alice","exp":1}, padded as in RFC 4648.
    let token = padded("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0=", "AAAA");
    let done = run(&["inspect", &token]).expect(0);
    assert!(done.out.contains("\"alice\"") && done.out.contains("5 base64_invalid"), "{}", done.out);
    assert!(done.out.contains("padded with ="), "{}", done.out);
    // {"alg":"RSA-OAEP","enc":"A256GCM"} and four segments that only the recipient can read.
    let encrypted = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA";
    let done = run(&["inspect", encrypted]).expect(1);
    assert!(done.out.contains("\"A256GCM\"") && done.out.contains("3 encrypted_token"), "{}", done.out);
    assert!(done.out.contains("is encrypted (JWE)") && !done.out.contains("payload"), "{}", done.out);
    let done = run(&["inspect", "--json", encrypted]).expect(1);
    let shown: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((&shown["header"]["enc"], &shown["code"]), (&"A256GCM".into(), &3.into()));
    // A payload that is not base64.
    let done = run(&["inspect", "eyJhbGciOiJFUzI1NiJ9.*.AAAA"]).expect(1);
    assert!(done.out.contains("\"ES256\"") && done.out.contains("5 base64_invalid"), "{}", done.out);
    for text in [
        format!("Bearer {DOOR}"),
        format!("\"{DOOR}\""),
        format!("'Bearer {DOOR}' "),
        format!("authorization: bearer {DOOR}"),
    ] {
        let done = run(&["inspect", "--now", "1700000000", &text]).expect(0);
        assert!(done.out.contains("\"alice\"") && !done.out.contains("problems"), "{text}: {}", done.out);
        assert!(done.out.contains("was ignored") || done.out.contains("were ignored"), "{}", done.out);
        run_with(&["inspect", "-"], text.as_bytes()).expect(0);
    }
}
