//! Headers of the settings: sent to the issuer alone, and read anew at every fetch.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks};
use crate::traffic::eventually;
use glowband_verify::RemoteKeySet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const KEYS: &str = "/openid/v1/jwks";
const CONFIGURATION: &str = "/.well-known/openid-configuration";

fn file(name: &str, content: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("glowband-{name}-{}", std::process::id()));
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn a_token_is_read_anew_at_every_fetch() {
    let issuer = Issuer::https();
    issuer.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
    let (token, key) = (file("token", "first.token\n"), file("key", "one"));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS))
        .root_certificates(issuer.root())
        .header("X-Tenant", "blue")
        .header_file("X-Api-Key", &key)
        .bearer_file(&token)
        .refresh_every(Duration::from_millis(200))
        .retry_within(Duration::from_millis(200)..=Duration::from_millis(200))
        .start()
        .unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let head = issuer.latest_head();
    for line in ["x-tenant: blue", "x-api-key: one", "authorization: Bearer first.token"] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");
    }
    fs::write(&token, "second.token").unwrap();
    fs::write(&key, "two").unwrap();
    eventually("the next token", &keys, || {
        let head = issuer.latest_head();
        head.contains("Bearer second.token") && head.contains("x-api-key: two")
    });
    // A token that is gone for a while is a fetch that failed.
    fs::remove_file(&token).unwrap();
    eventually("no token", &keys, || keys.status().last_error.is_some());
    let told = keys.status().last_error.unwrap().to_string();
    assert!(told.contains("glowband-token") && keys.status().keys == 1, "{told}");
    fs::write(&token, "third.token").unwrap();
    eventually("again", &keys, || keys.status().last_error.is_none());
    assert!(!format!("{keys:?}").contains("token\""), "{keys:?}");
    drop(keys);
    fs::remove_file(token).unwrap();
    fs::remove_file(key).unwrap();
}

#[test]
fn headers_stay_with_their_origin() {
    let (issuer, other) = (Issuer::https(), Issuer::https());
    let set = Answer::Document(jwks(&[&Signer::new("a")]));
    issuer.answer(KEYS, set.clone());
    other.answer(KEYS, set);
    let roots = [issuer.root(), other.root()].concat();
    let builder = || {
        let builder = RemoteKeySet::discover(issuer.url("")).root_certificates(roots.clone());
        builder.header("Authorization", "Bearer secret")
    };
    let configuration =
        |keys: String| Answer::Document(format!(r#"{{"issuer":"{}","jwks_uri":"{keys}"}}"#, issuer.url("")));
    issuer.answer(CONFIGURATION, configuration(issuer.url(KEYS)));
    builder().fetch().unwrap();
    assert!(issuer.latest_head().contains(KEYS) && issuer.latest_head().contains("Bearer secret"));

    issuer.answer(CONFIGURATION, configuration(other.url(KEYS)));
    builder().fetch().unwrap();
    assert!(issuer.latest_head().contains("Bearer secret"));
    assert!(other.asked(KEYS) == 1 && !other.latest_head().contains("secret"), "{}", other.latest_head());
    other.answer(KEYS, Answer::Status(401));
    let error = builder().fetch().unwrap_err().to_string();
    assert!(error.contains("were not sent there") && !error.contains("secret"), "{error}");

    // Within the origin they follow a redirect, to another they do not.
    issuer.answer(CONFIGURATION, configuration(issuer.url("/moved")));
    issuer.answer("/moved", Answer::Redirect(KEYS.to_owned()));
    builder().fetch().unwrap();
    assert!(
        issuer.latest_head().starts_with(&format!("GET {KEYS} ")) && issuer.latest_head().contains("Bearer secret")
    );
    let before = other.connections();
    issuer.answer("/moved", Answer::Redirect(other.url(KEYS)));
    assert!(builder().fetch().is_err());
    assert_eq!(other.connections(), before);
}

#[test]
fn plain_http_takes_a_setting_for_headers_too() {
    let issuer = Issuer::plain();
    issuer.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
    let builder = || RemoteKeySet::jwks(issuer.url(KEYS)).header("X-Api-Key", "secret");
    let error = builder().fetch().unwrap_err().to_string();
    assert!(error.contains("danger-allow-plain-http-to") && error.contains("\"localhost\""), "{error}");
    assert_eq!(issuer.connections(), 0);
    assert_eq!(builder().danger_allow_plain_http_to(["localhost"]).fetch().unwrap().len(), 1);
    assert!(issuer.latest_head().contains("secret"));
}
