//! `glowband sign`: signs tokens with an expiry, and refuses claims that no verifier accepts.

use crate::program::{DOOR_JWK, Folder, run, run_with};
use serde_json::Value;

fn claims(folder: &Folder, arguments: &[&str]) -> Value {
    let key = folder.file("key", DOOR_JWK);
    let token = run(&[&["sign", "--key", &key, "--now", "1700000000"], arguments].concat()).expect(0);
    assert_eq!((token.out.lines().count(), token.err.as_str()), (1, ""));
    let shown =
        run(&["verify", "--key", &key, "--now", "1700000100", "--allow-missing-expiry", "--json", token.out.trim()]);
    serde_json::from_str::<Value>(&shown.expect(0).out).unwrap()["claims"].take()
}

#[test]
fn flags_and_claims_form_one_object() {
    let folder = Folder::new();
    let file = folder.file("claims", "{\"role\": \"admin\"}\n");
    for given in ["{\"role\":\"admin\"}", file.as_str()] {
        let claims = claims(
            &folder,
            &[
                "--iss=i",
                "--sub=s",
                "--aud=a",
                "--aud=b",
                "--jti=j",
                "--expires-in=5m",
                "--not-before=1m",
                "--claims",
                given,
            ],
        );
        let expected: Value = serde_json::from_str(
            "{\"role\":\"admin\",\"iss\":\"i\",\"sub\":\"s\",\"aud\":[\"a\",\"b\"],\"jti\":\"j\",\"iat\":1700000000,\"exp\":1700000300,\"nbf\":1700000060}",
        )
        .unwrap();
        assert_eq!(claims, expected);
    }
    let key = folder.file("key", DOOR_JWK);
    let token = run_with(&["sign", "--key", &key, "--claims", "-"], b"{\"exp\":9999999999}").expect(0).out;
    run(&["verify", "--key", &key, token.trim()]).expect(0);
}

#[test]
fn the_header_follows_the_flags() {
    let folder = Folder::new();
    let key = folder.file("key", DOOR_JWK.replace('}', ",\"kid\":\"own\"}"));
    let header = |arguments: &[&str]| {
        let token = run(&[&["sign", "--key", &key, "--expires-in=60"], arguments].concat()).expect(0).out;
        let shown = run(&["inspect", "--json", token.trim()]).expect(0).out;
        serde_json::from_str::<Value>(&shown).unwrap()["header"].to_string()
    };
    assert_eq!(header(&[]), r#"{"alg":"HS256","kid":"own","typ":"JWT"}"#);
    assert_eq!(header(&["--kid", "other", "--typ", "at+jwt"]), r#"{"alg":"HS256","kid":"other","typ":"at+jwt"}"#);
    assert_eq!(header(&["--typ", ""]), r#"{"alg":"HS256","kid":"own"}"#);
}

#[test]
fn unsafe_or_invalid_claims_are_not_signed() {
    let folder = Folder::new();
    let key = folder.file("key", DOOR_JWK);
    let public = folder.path("ec");
    let public = run(&["keys", "generate", "--out", &public]).expect(0).out;
    let public = folder.file("public", public);
    for (arguments, words) in [
        (vec!["--key", &key], "the token would never expire"),
        (vec!["--key", &key, "--claims", "{\"exp\":\"soon\"}"], "30 expiry_malformed"),
        (vec!["--key", &key, "--claims", "{\"a\":1,\"a\":2}", "--expires-in=1"], "24 payload_duplicate"),
        (vec!["--key", &key, "--claims", "{\"exp\":1}", "--expires-in=1"], "exp is given twice"),
        (vec!["--key", &key, "--expires-in=1w"], "90s, 5m, 1h, 30d"),
        (vec!["--key", &key, "--alg=ES256", "--expires-in=1"], "The key is for HS256 or HS384 or HS512."),
        (vec!["--key", &public, "--expires-in=1"], "This is a public key"),
        (vec!["--expires-in=1"], "--key"),
        (vec!["--key", &key, "--secret-file", &key, "--expires-in=1"], "cannot be used with"),
        (vec!["--key", "-", "--claims", "-"], "can be read from standard input"),
        (vec!["--key", &key, "--jws", &key, "--sub=s"], "cannot be used with"),
    ] {
        let done = run(&[&["sign"], &arguments[..]].concat()).expect(2);
        assert!(done.err.contains(words), "{arguments:?}: {}", done.err);
        assert_eq!(done.out, "");
        assert!(!done.err.contains("YW4g"));
    }
    claims(&folder, &["--allow-missing-expiry"]);
}

#[test]
fn a_key_file_is_not_accepted_as_a_secret() {
    let folder = Folder::new();
    let private = folder.path("private.jwk");
    let public = run(&["keys", "generate", "--out", &private]).expect(0).out;
    for content in [public.as_str(), &format!("  {public}\n")] {
        let secret = folder.file("secret", content);
        let refused = run(&["sign", "--secret-file", &secret, "--expires-in", "60"]).expect(2);
        assert!(refused.err.contains("not a secret"), "{}", refused.err);
    }
}
