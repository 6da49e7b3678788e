//! Invalid bodies, for every route that reads one.

use super::client::{Api, Ask, JSON, PASSWORD, post, text, told};
use crate::serve::wire::{connect, exchange};
use serde_json::json;

/// Every route with a JSON body, and a member that must be a text.
const ROUTES: [(&str, &str); 6] = [
    ("/auth/register", "email"),
    ("/auth/login", "password"),
    ("/auth/refresh", "refresh_token"),
    ("/auth/logout", "refresh_token"),
    ("/auth/password", "current"),
    ("/auth/tokens", "name"),
];

#[test]
fn errors_of_invalid_bodies_have_a_code_and_a_field() {
    let api = Api::start(&[]);
    let bearer = text(&api.register("jane@example.org"), "access_token");
    for (path, member) in ROUTES {
        let ask = || Ask::new("POST", path).native().bearer(&bearer);
        let refused = |status, name, field: Option<&str>, ask: &Ask| {
            let told = told(&api.refused(status, name, ask));
            assert_eq!(told["field"].as_str(), field, "{ask:?}: {told}");
            told
        };
        for body in ["{", "{\"a\":1,}", "\u{feff}{}", "{\"email\":\"a\"} x", "nul"] {
            let told = refused(400, "body_malformed", None, &ask().header(JSON).body(body));
            assert!(told["line"].is_u64() && told["column"].is_u64(), "{told}");
        }
        for body in ["null", "[]", "1", "\"x\"", "true"] {
            refused(400, "body_not_object", None, &ask().header(JSON).body(body));
        }
        let deep = format!("{{\"{member}\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(api.send(&ask().header(JSON).body(&deep)).status, 400);
        for (name, value) in [
            ("field_null", "null"),
            ("field_type", "1"),
            ("field_type", "false"),
            ("field_type", "[\"x\"]"),
            ("field_type", "{\"x\":\"y\"}"),
            ("field_characters", "\"a\\u0000bcde\""),
            ("field_characters", "\"a\\ud800bcde\""),
            ("field_length", "\"\""),
        ] {
            // Other missing members are reported after this one.
            refused(400, name, Some(member), &ask().header(JSON).body(&filled(path, member, value)));
        }
        let long = format!("\"{}\"", "x".repeat(2000));
        refused(400, "field_length", Some(member), &ask().header(JSON).body(&filled(path, member, &long)));
        let twice = format!("{{\"{member}\":\"x\",\"{member}\":\"x\"}}");
        refused(400, "field_duplicate", Some(member), &ask().header(JSON).body(&twice));
        refused(400, "field_unknown", Some("zz\u{0}"), &ask().header(JSON).body("{\"zz\\u0000\":1}"));
        for media in ["text/plain", "application/xml", "application/json; charset=utf-16"] {
            let told =
                refused(415, "content_type", Some("Content-Type"), &ask().header(("Content-Type", media)).body("{}"));
            assert!(told["detail"].as_str().unwrap().contains("application/json"));
        }
        refused(415, "content_type", Some("Content-Type"), &ask().body("{}"));
        let huge = format!("{{\"{member}\":\"{}\"}}", "x".repeat(70_000));
        refused(413, "body_too_large", None, &ask().header(JSON).body(&huge));
    }
}

/// Returns a body in which all members before this one are valid.
fn filled(path: &str, member: &str, value: &str) -> String {
    match (path, member) {
        ("/auth/login" | "/auth/register", "password") => {
            format!("{{\"email\":\"jane@example.org\",\"password\":{value}}}")
        }
        _ => format!("{{\"{member}\":{value}}}"),
    }
}

#[test]
fn missing_members_are_named() {
    let api = Api::start(&[]);
    let bearer = text(&api.register("jane@example.org"), "access_token");
    for (path, body, field) in [
        ("/auth/login", json!({}), "email"),
        ("/auth/login", json!({"email": "jane@example.org"}), "password"),
        ("/auth/register", json!({"password": PASSWORD}), "email"),
        ("/auth/password", json!({"current": PASSWORD}), "new"),
        ("/auth/tokens", json!({}), "name"),
    ] {
        let answer = api.refused(400, "field_missing", &post(path, &body).native().bearer(&bearer));
        assert_eq!(told(&answer)["field"], field, "{path}");
    }
    for path in ["/auth/login", "/auth/register", "/auth/password", "/auth/tokens"] {
        api.refused(415, "content_type", &Ask::new("POST", path).native().bearer(&bearer));
        api.refused(400, "body_malformed", &Ask::new("POST", path).header(JSON).native().bearer(&bearer));
    }
}

#[test]
fn invalid_utf_8_is_refused() {
    let api = Api::start(&[]);
    let head = "POST /auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nGlowband-Client: native\r\n\
                Content-Type: application/json\r\nContent-Length: 12\r\n\r\n";
    let mut stream = connect(api.address);
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    std::io::Write::write_all(&mut stream, b"{\"email\":\"\xff\"").unwrap();
    let answer = crate::serve::wire::read(stream);
    assert_eq!((answer.status, told(&answer)["name"].as_str()), (400, Some("body_not_utf8")));
}

#[test]
fn chunked_bodies_are_accepted() {
    let api = Api::start(&[]);
    api.register("jane@example.org");
    let head = "POST /auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nGlowband-Client: native\r\n\
                Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = json!({"email": "jane@example.org", "password": PASSWORD}).to_string();
    let (first, second) = body.split_at(20);
    let chunked = format!("{head}{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len());
    assert_eq!(exchange(connect(api.address), &chunked).status, 200);
    // An endless body is refused at the limit.
    let endless = format!("{head}{:x}\r\n{}", 1 << 20, " ".repeat(70_000));
    let answer = exchange(connect(api.address), &endless);
    assert_eq!((answer.status, told(&answer)["name"].as_str()), (413, Some("body_too_large")));
}

#[test]
fn secrets_are_never_returned_or_logged() {
    let api = Api::start(&["--log", "debug"]);
    let secrets = ["s3cret-password-of-jane", "gbr_s3cret", "s3cret.bearer.token", "s3cret-nonce"];
    let body = json!({"email": "jane@example.org", "password": secrets[0], "nonce": secrets[3]});
    let mut told = String::new();
    for ask in [
        post("/auth/register", &body).native(),
        post("/auth/login", &body).native(),
        post("/auth/login", &json!({"email": "jane@example.org", "password": secrets[0], "scope": secrets[0]}))
            .native(),
        post("/auth/login", &json!({secrets[0]: 1, "password": secrets[0]})).native(),
        post("/auth/refresh", &json!({"refresh_token": secrets[1]})).native(),
        Ask::new("GET", &format!("/auth/me?access_token={}", secrets[2])).bearer(secrets[2]),
        super::client::form("/oauth/revoke", secrets[1]),
    ] {
        told.push_str(&api.send(&ask).body);
    }
    let log = api.server.log();
    for secret in secrets {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    // Errors contain names of members, but never values.
    assert_eq!(told.matches("s3cret").count(), 1, "{told}");
}
