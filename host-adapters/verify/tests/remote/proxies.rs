//! Proxies of the environment, each in a process of its own: variables belong to the whole of one.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks};
use crate::tunnel::Tunnel;
use glowband_verify::RemoteKeySet;
use std::process::Command;
use std::time::Duration;

const KEYS: &str = "/jwks.json";
const VARIABLES: [&str; 8] =
    ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// Fetches by this test program, started once more with these variables; what it says.
fn fetched(url: &str, roots: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.args(["--exact", "proxies::child", "--nocapture"]);
    command.env("FETCHED_URL", url).env("FETCHED_ROOTS", roots).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = text.lines().find_map(|line| line.split_once("told: ").map(|(_, told)| told.to_owned()));
    told.unwrap_or_else(|| panic!("{text}"))
}

/// What the other tests here start; by itself it does nothing.
#[test]
fn child() {
    let (Ok(url), Ok(roots)) = (std::env::var("FETCHED_URL"), std::env::var("FETCHED_ROOTS")) else { return };
    let builder = RemoteKeySet::jwks(url).root_certificates(roots).timeout(Duration::from_secs(20));
    match builder.danger_allow_plain_http_on_loopback().proxy_from_environment().fetch() {
        Ok(keys) => println!("told: {} keys", keys.len()),
        Err(error) => println!("told: {error}"),
    }
}

#[test]
fn fetches_go_through_the_proxy_or_past_it() {
    let (issuer, plain) = (Issuer::https(), Issuer::plain());
    for server in [&issuer, &plain] {
        server.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
    }
    let url = issuer.url(KEYS);
    let (proxy, second) = (Tunnel::plain(), Tunnel::plain());
    let through = |variables: &[(&str, &str)]| {
        let before = (proxy.asked().len(), second.asked().len());
        assert_eq!(fetched(&url, issuer.root(), variables), "1 keys", "{variables:?}");
        (proxy.asked().len() - before.0, second.asked().len() - before.1)
    };
    let (one, two) = (proxy.url(""), second.url(""));
    assert_eq!(through(&[]), (0, 0));
    assert_eq!(through(&[("HTTPS_PROXY", &one)]), (1, 0));
    assert_eq!(through(&[("https_proxy", &one), ("HTTPS_PROXY", &two)]), (1, 0));
    assert_eq!(through(&[("https_proxy", ""), ("ALL_PROXY", &two)]), (0, 1));
    assert_eq!(through(&[("HTTP_PROXY", &one), ("http_proxy", &two)]), (0, 0));
    assert_eq!(through(&[("HTTPS_PROXY", &one), ("NO_PROXY", "other.example, .localhost")]), (0, 0));
    assert_eq!(through(&[("HTTPS_PROXY", &one), ("NO_PROXY", "example.com 10.0.0.0/8")]), (1, 0));
    // One that cannot be used is not asked for a host that is excepted.
    assert_eq!(through(&[("HTTPS_PROXY", "socks5://127.0.0.1:1"), ("NO_PROXY", "localhost")]), (0, 0));
    let head = proxy.asked().remove(0);
    assert!(head.starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", issuer.port())), "{head}");
    assert!(!head.to_ascii_lowercase().contains("authorization"), "{head}");

    // Plain http goes straight to its host.
    assert_eq!(
        fetched(&plain.url(KEYS), "", &[("ALL_PROXY", &one)]).split(':').next(),
        Some("The root certificates cannot be used")
    );
    let before = proxy.asked().len();
    assert_eq!(fetched(&plain.url(KEYS), issuer.root(), &[("ALL_PROXY", &one), ("http_proxy", &one)]), "1 keys");
    assert_eq!(proxy.asked().len(), before);
}

#[test]
fn a_proxy_may_have_https_and_credentials() {
    let issuer = Issuer::https();
    issuer.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
    let proxy = Tunnel::https();
    let roots = [issuer.root(), proxy.root()].concat();
    let value = proxy.url("us%40er:w%3Ard@");
    assert_eq!(fetched(&issuer.url(KEYS), &roots, &[("HTTPS_PROXY", &value)]), "1 keys");
    // us@er:w:rd
    let heads = proxy.asked();
    assert!(heads.iter().any(|head| head.contains("Proxy-Authorization: Basic dXNAZXI6dzpyZA==\r\n")), "{heads:?}");
}

#[test]
fn a_proxy_that_fails_or_cannot_be_used_is_named_without_its_credentials() {
    let issuer = Issuer::https();
    issuer.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
    let (wants, refuses) = (Tunnel::refusing(407), Tunnel::refusing(502));
    let (wants_url, refuses_url) = (wants.url("me:secret@"), refuses.url("me:secret@"));
    for (value, words) in [
        (&*wants_url, "status 407"),
        (&*refuses_url, "refused the connection with status 502"),
        ("http://me:secret@localhost:1", "connection refused"),
        ("socks5://me:secret@localhost:1080", "SOCKS proxies are not supported"),
        ("http://me:secret@localhost:none", "port"),
        ("http://me:secret@", "no host"),
    ] {
        let told = fetched(&issuer.url(KEYS), issuer.root(), &[("HTTPS_PROXY", value)]);
        assert!(told.contains(words) && told.contains("HTTPS_PROXY"), "{value}: {told}");
        assert!(!told.contains("secret") && !told.contains("me:"), "{value}: {told}");
    }
    assert_eq!(issuer.connections(), 0);
}
