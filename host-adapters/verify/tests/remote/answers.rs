//! Answers that hold no keys say what they are; compressed ones too.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks};
use glowband_verify::{FetchFault, RemoteKeySet};
use std::io::ErrorKind;
use std::time::Duration;

const KEYS: &str = "/jwks.json";
/// `{"keys":[]}` by gzip.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0xab, 0x56, 0xca, 0x4e, 0xad, 0x2c, 0x56, 0xb2, 0x8a, 0x8e, 0xad,
    0x05, 0, 0xef, 0x67, 0x88, 0x2a, 0x0b, 0, 0, 0,
];

#[test]
fn an_answer_without_keys_is_named_with_status_and_content_type() {
    let (issuer, other) = (Issuer::https(), Issuer::https());
    let text = |text: &str| text.to_owned();
    let configuration = r#"{"issuer":"https://id.example","jwks_uri":"https://id.example/keys"}"#;
    let set = jwks(&[&Signer::new("a")]).into_bytes();
    let cases: Vec<(Answer, Vec<&str>)> = vec![
        (Answer::StatusWith(404, "Content-Type: text/html; charset=utf-8", "<html>"), vec!["404 (text/html)", "path"]),
        (
            Answer::StatusWith(401, "Content-Type: application/json", "{}"),
            vec!["401 (application/json)", "bearer-file"],
        ),
        (Answer::StatusWith(503, "Retry-After: 5", "busy"), vec!["status 503; 200 is needed"]),
        (Answer::Typed("text/html", text("<!doctype html><title>Log in")), vec!["(200, text/html) is an HTML page"]),
        (Answer::Typed("", text("\n<html>")), vec!["(200) is an HTML page"]),
        (Answer::Typed("application/json", text("")), vec!["is empty"]),
        (Answer::Typed("application/json", text(" \n")), vec!["is empty"]),
        (
            Answer::Typed("application/json", text(configuration)),
            vec!["OpenID configuration", "\"https://id.example/keys\""],
        ),
        (
            Answer::Typed("application/json", text(r#"{"error":"no","code":7}"#)),
            vec!["the members \"error\", \"code\""],
        ),
        (Answer::Typed("application/json", text("[1]")), vec!["(200, application/json) gives no keys: "]),
        (Answer::Typed("application/json", text(r#"{"keys":[]}"#)), vec!["gives no keys: The JWK set holds no key."]),
        (Answer::Bytes("Content-Encoding: gzip", GZIP.to_vec()), vec!["encoded (Content-Encoding: gzip)", "identity"]),
        (Answer::Bytes("Content-Encoding: identity, br", vec![0; 40]), vec!["(Content-Encoding: br)"]),
        (Answer::Bytes("Content-Encoding: deflate\r\nContent-Encoding: zstd", vec![0; 40]), vec!["deflate, zstd)"]),
        (Answer::Bytes("Content-Type: application/json", GZIP.to_vec()), vec!["gzip, without a Content-Encoding"]),
        (Answer::Redirect(other.url("/login?secret")), vec!["redirect to ", "/login\"", "login page"]),
        (Answer::Redirect("/nowhere".to_owned()), vec!["/nowhere: The server answered with status 404"]),
        (Answer::Bytes("Content-Encoding: identity", set), vec![]),
    ];
    for (answer, words) in cases {
        let what = format!("{answer:?}");
        issuer.answer(KEYS, answer);
        let fetched = RemoteKeySet::jwks(issuer.url("/jwks.json")).root_certificates(issuer.root()).fetch();
        match fetched {
            Ok(keys) => assert!(words.is_empty() && keys.len() == 1, "{what}"),
            Err(error) => {
                let error = error.to_string();
                assert!(!words.is_empty() && words.iter().all(|word| error.contains(word)), "{what}: {error}");
                assert!(error.starts_with("https://localhost:") && !error.contains("secret"), "{error}");
            }
        }
        assert!(issuer.latest_head().to_ascii_lowercase().contains("\r\naccept-encoding: identity\r\n"));
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_document_is_fetched_once_as_it_is() {
    let issuer = Issuer::https();
    let builder = || RemoteKeySet::jwks(issuer.url(KEYS)).root_certificates(issuer.root());
    let unusable = r#"{"keys":[{"kty":"EC","crv":"P-521"}]}"#;
    issuer.answer(KEYS, Answer::Document(unusable.to_owned()));
    assert_eq!(builder().fetch_document().unwrap(), unusable.as_bytes());
    assert!(matches!(builder().fetch().unwrap_err().fault(), FetchFault::NotKeys { .. }));
    issuer.answer(KEYS, Answer::Typed("text/html", "<html>".to_owned()));
    assert!(matches!(builder().fetch_document().unwrap_err().fault(), FetchFault::Html { .. }));
    assert_eq!(issuer.asked(KEYS), 3);
}

#[test]
fn a_host_without_an_address_and_a_closed_port_are_told_apart() {
    let unknown = RemoteKeySet::jwks("https://nowhere.invalid/k").timeout(Duration::from_secs(30)).fetch().unwrap_err();
    assert!(matches!(unknown.fault(), FetchFault::HostNotFound(_)), "{unknown}");
    let closed = RemoteKeySet::jwks("https://127.0.0.1:1/k").fetch().unwrap_err();
    assert_eq!(*closed.fault(), FetchFault::Connection(ErrorKind::ConnectionRefused), "{closed}");
}
