//! `glowband forward-auth` as a process: its verdicts, its faults, its signals.

use super::client::{get, get_with};
use super::process::Server;
use super::tokens::{AUDIENCE, ISSUER, Issuer};
use super::wanted;
use crate::cli::program::{command, file, glowband};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

/// A policy file for tokens of this issuer.
pub(super) fn policy(name: &str, keys: &Path, more: &str) -> String {
    let text = format!(
        "issuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\ntoken-type = \"at+jwt\"\n{more}\n[keys]\nfile = {:?}\n",
        keys.to_string_lossy()
    );
    file(&format!("{name}.toml"), &text).to_string_lossy().into_owned()
}

/// The gate, on a port of its own.
pub(super) fn gate(policy: &str) -> Server {
    Server::start(command().args(["forward-auth", "--policy", policy, "--listen", "127.0.0.1:0", "--log", "error"]))
}

#[test]
fn a_good_token_gives_204_and_its_claims_as_headers() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("gate");
    let gate = gate(&policy("gate", &issuer.public, ""));
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ali\u{e7}e 100%", "scope": "orders:read users:read", "jti": "t-1",
        "client_id": "shop",
    });
    let token = issuer.sign_claims(&claims, &["--expires-in", "10m"]);
    let outside = [("Authorization", format!("bearer {token}")), ("X-Auth-Subject", "admin".to_owned())];
    let outside: Vec<_> = outside.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = get(gate.address, "/auth?scope=orders:read", &outside);
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer:?}");
    let header = |name| answer.header(name).unwrap_or_else(|| panic!("no {name}: {answer:?}"));
    assert_eq!(header("X-Auth-Subject"), "ali%C3%A7e 100%25");
    assert_eq!(header("X-Auth-Scope"), "orders:read users:read");
    assert_eq!(header("X-Auth-Issuer"), ISSUER);
    assert_eq!(header("X-Auth-Client"), "shop");
    assert_eq!(header("X-Auth-Token-Id"), "t-1");
    assert!(header("X-Auth-Expires").parse::<u64>().is_ok());

    // What a token does not say is said to be empty, so that no proxy keeps what came from outside.
    let token = issuer.sign_claims(&json!({"iss": ISSUER, "aud": AUDIENCE}), &["--expires-in", "10m"]);
    let answer = get_with(gate.address, "/auth", &token);
    assert_eq!(answer.status, 204);
    for name in ["X-Auth-Subject", "X-Auth-Scope", "X-Auth-Client", "X-Auth-Token-Id"] {
        assert_eq!(answer.header(name).as_deref(), Some(""), "{name}");
    }
}

#[test]
fn everything_else_is_refused_with_a_challenge() {
    if !wanted() {
        return;
    }
    let (issuer, stranger) = (Issuer::new("refused"), Issuer::new("stranger"));
    let gate = gate(&policy("refused", &issuer.public, "realm = \"orders\""));
    let good = issuer.sign("orders:read");

    let answer = get(gate.address, "/auth", &[]);
    assert_eq!((answer.status, answer.header("WWW-Authenticate").as_deref()), (401, Some("Bearer realm=\"orders\"")));
    assert_eq!(answer.header("X-Auth-Subject"), None);

    let expired = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice"});
    let expired = issuer.sign_claims(&expired, &["--expires-in", "10m", "--now", "1700000000"]);
    let elsewhere = json!({"iss": ISSUER, "aud": "other-api", "sub": "alice"});
    let elsewhere = issuer.sign_claims(&elsewhere, &["--expires-in", "10m"]);
    let mut forged = good.clone();
    forged.replace_range(
        good.len() - 10..good.len() - 9,
        if &good[good.len() - 10..good.len() - 9] == "A" { "B" } else { "A" },
    );
    for (token, number) in
        [(expired, 45), (elsewhere, 37), (stranger.sign("orders:read"), 15), (forged, 17), ("x.y.z".into(), 5)]
    {
        let answer = get_with(gate.address, "/auth", &token);
        assert_eq!(answer.status, 401, "{answer:?}");
        let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert_eq!(answer.json()["code"], number);
        assert_eq!(answer.header("Content-Type").as_deref(), Some("application/problem+json"));
    }

    let answer = get_with(gate.address, "/auth?scope=orders:write", &good);
    assert_eq!(answer.status, 403);
    let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
    assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.contains("orders:write"), "{challenge}");

    // The query is the proxy's, and never holds the token; two tokens are refused. (A proxy makes a 500 of a 400.)
    assert_eq!(get(gate.address, &format!("/auth?access_token={good}"), &[]).status, 500);
    let bearer = format!("Bearer {good}");
    let twice = get(gate.address, "/auth", &[("Authorization", &bearer), ("Authorization", &bearer)]);
    assert_eq!(twice.status, 401);
    assert!(twice.header("WWW-Authenticate").unwrap_or_default().contains("invalid_request"), "{twice:?}");

    let metrics = get(gate.address, "/metrics", &[]).body;
    assert!(metrics.contains("glowband_"), "{metrics}");
    assert!(!metrics.contains("alice") && !metrics.contains("eyJ"));
    assert_eq!(get(gate.address, "/readyz", &[]).status, 200);
    assert_eq!(get(gate.address, "/healthz", &[]).status, 200);
}

#[cfg(unix)]
#[test]
fn a_hangup_brings_new_keys_and_a_bad_file_changes_nothing() {
    if !wanted() {
        return;
    }
    let (old, new) = (Issuer::new("old"), Issuer::new("new"));
    let keys = file("reloaded.jwk", &std::fs::read_to_string(&old.public).expect("a key"));
    let gate = gate(&policy("reloaded", &keys, ""));
    let (by_old, by_new) = (old.sign("a"), new.sign("a"));
    let becomes = |token: &str, status| {
        let until = Instant::now() + Duration::from_secs(20);
        while get_with(gate.address, "/auth", token).status != status {
            assert!(Instant::now() < until, "the answer never became {status}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    becomes(&by_old, 204);
    becomes(&by_new, 401);

    std::fs::write(&keys, "no key at all").expect("the file can be written");
    gate.signal("HUP");
    std::thread::sleep(Duration::from_millis(200));
    becomes(&by_old, 204);

    std::fs::copy(&new.public, &keys).expect("the file can be written");
    gate.signal("HUP");
    becomes(&by_new, 204);
    becomes(&by_old, 401);

    gate.signal("TERM");
    assert_eq!(gate.wait(), Some(0), "told to end, it ends well");
}

#[test]
fn a_wrong_policy_is_named() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("wrong");
    let keys = format!("[keys]\nfile = {:?}\n", issuer.public.to_string_lossy());
    let both = "issuer = \"a\"\naudience = \"b\"\n";
    for (name, text, expected) in [
        ("empty", String::new(), "issuer is missing"),
        ("only-words", both.to_owned(), "[keys] is missing"),
        ("no-issuer", format!("audience = \"a\"\n{keys}"), "issuer is missing"),
        ("no-audience", format!("issuer = \"a\"\n{keys}"), "audience is missing"),
        ("unknown", format!("isuer = \"a\"\n{keys}"), "unknown field `isuer`, expected one of `listen`, `issuer`"),
        ("type", format!("issuer = 7\n{keys}"), "a string or an array of strings"),
        ("leeway", format!("{both}leeway = \"soon\"\n{keys}"), "\"5m\", \"1h\""),
        ("negative", format!("{both}leeway = -1\n{keys}"), "whole seconds"),
        ("listen", format!("{both}listen = \"everywhere\"\n{keys}"), "listen"),
        ("no-keys", format!("{both}[keys]\n"), "exactly one of discover, jwks-url, file and secret-file"),
        ("two-keys", format!("{both}{keys}discover = \"https://a\"\n"), "exactly one of"),
        ("no-file", format!("{both}[keys]\nfile = \"none.jwk\"\n"), "none.jwk"),
        ("timeout", format!("{both}{keys}timeout = 3\n"), "timeout is not allowed for a file"),
        ("plain", format!("{both}[keys]\njwks-url = \"http://id.example/jwks\"\n"), "https"),
        ("toml", "issuer = ".to_owned(), "line 1"),
        ("empty-issuer", format!("issuer = \"\"\naudience = \"b\"\n{keys}"), "issuer is an empty text"),
        ("empty-scope", format!("{both}require-scopes = [\" \"]\n{keys}"), "require-scopes is an empty text"),
        ("unreachable", format!("{both}[keys]\ndiscover = \"https://127.0.0.1:1\"\n"), "connect"),
        (
            "danger",
            format!("{both}danger-any-issuer-any-audience = true\n{keys}"),
            "cannot be used with both issuer and audience",
        ),
    ] {
        let path = file(&format!("policy-{name}.toml"), &text);
        let run = glowband(&["forward-auth", "--check", "--policy", &path.to_string_lossy()], "");
        assert_eq!(run.code, 2, "{name}: {}", run.err);
        assert!(run.err.contains(expected), "{name}: {}", run.err);
        assert!(run.err.contains(&format!("policy-{name}.toml")), "{name}: {}", run.err);
    }
    let path = file("policy-good.toml", &format!("{both}{keys}"));
    let run = glowband(&["forward-auth", "--check", "--policy", &path.to_string_lossy()], "");
    assert_eq!((run.code, run.out.contains("valid; keys for ES256")), (0, true), "{}{}", run.out, run.err);
}

#[cfg(unix)]
#[test]
fn without_its_issuer_the_gate_says_why_and_outlives_a_hangup() {
    if !wanted() {
        return;
    }
    let text = format!(
        "issuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\n[keys]\njwks-url = \"http://127.0.0.1:1/jwks\"\n\
         danger-allow-plain-http-on-loopback = true\n"
    );
    let policy = file("unreachable.toml", &text);
    let gate = gate(&policy.to_string_lossy());
    gate.signal("HUP");
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let ready = get(gate.address, "/readyz", &[]);
        assert_eq!(ready.status, 503);
        if ready.body.contains("connect") {
            break;
        }
        assert!(Instant::now() < until, "{ready:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    let answer = get_with(gate.address, "/auth", &Issuer::new("unheard").sign("a"));
    assert_eq!((answer.status, answer.header("Retry-After").is_some()), (503, true));
    assert!(get(gate.address, "/metrics", &[]).body.contains("glowband_key_fetch_failures_total"));
}

#[cfg(unix)]
#[test]
fn half_a_request_does_not_keep_the_gate_from_ending() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("half");
    let gate = gate(&policy("half", &issuer.public, ""));
    let mut stream = std::net::TcpStream::connect(gate.address).expect("the gate listens");
    std::io::Write::write_all(&mut stream, b"GET /auth HTTP/1.1\r\nHost: a").expect("half a head is sent");
    std::thread::sleep(Duration::from_millis(100));
    let told = Instant::now();
    gate.signal("TERM");
    assert_eq!(gate.wait(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(20), "{:?}", told.elapsed());
}
