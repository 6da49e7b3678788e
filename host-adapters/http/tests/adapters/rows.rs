//! The cases that every server must pass.

use crate::tokens;
use crate::wire::get;
use serde_json::json;
use std::net::SocketAddr;

/// Runs all cases against a server whose `/` greets the subject behind [`tokens::guard`].
pub(crate) async fn all(server: SocketAddr) {
    no_token_is_challenged_without_an_error_code(server).await;
    malformed_credentials_are_an_invalid_request(server).await;
    refused_tokens_are_answered_with_their_number(server).await;
    insufficient_scope_is_forbidden(server).await;
    valid_tokens_are_accepted(server).await;
}

async fn no_token_is_challenged_without_an_error_code(server: SocketAddr) {
    let good = tokens::good();
    let bearer = format!("Bearer {good}");
    for (path, headers) in [
        ("/".to_owned(), &[][..]),
        ("/".to_owned(), &[("Authorization", "Basic YTpi")]),
        (format!("/?access_token={good}"), &[]),
        ("/".to_owned(), &[("Cookie", &format!("access_token={good}"))]),
        ("/".to_owned(), &[("X-Authorization", &bearer)]),
    ] {
        let reply = get(server, &path, headers).await;
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer realm=\"orders\"")));
        assert_eq!(reply.problem()["name"], "no_token");
        assert!(reply.problem().get("code").is_none());
    }
}

async fn malformed_credentials_are_an_invalid_request(server: SocketAddr) {
    let bearer = format!("Bearer {}", tokens::good());
    let (tab, list) = (bearer.replace(' ', "\t"), format!("{bearer}, {bearer}"));
    for (headers, name) in [
        (&[("Authorization", &*bearer), ("authorization", &*bearer)][..], "several_headers"),
        (&[("Authorization", &*bearer), ("Authorization", "Basic YTpi")], "several_headers"),
        (&[("Authorization", "Bearer")], "authorization_malformed"),
        (&[("Authorization", "")], "authorization_malformed"),
        (&[("Authorization", &*tab)], "authorization_malformed"),
        (&[("Authorization", &*list)], "authorization_malformed"),
        (&[("Authorization", "Bearer ü")], "authorization_malformed"),
    ] {
        let reply = get(server, "/", headers).await;
        let challenge = reply.header("www-authenticate").unwrap();
        assert_eq!(reply.status, 400, "{name}");
        assert!(challenge.starts_with("Bearer realm=\"orders\", error=\"invalid_request\""), "{challenge}");
        assert_eq!(reply.problem()["name"], name);
    }
}

async fn refused_tokens_are_answered_with_their_number(server: SocketAddr) {
    for (token, code, name) in [
        (tokens::forged(), 17, "bad_signature"),
        (tokens::expired(), 45, "expired"),
        (tokens::of_unknown_key(), 15, "key_not_found"),
        (tokens::with(json!({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}})), 66, "bound_token"),
        (tokens::with(json!({"cnf": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}})), 66, "bound_token"),
        ("a=.b==.c=".to_owned(), 5, "base64_invalid"),
        ("a".repeat(10_240), 2, "segment_count"),
        ("a".repeat(20_480), 1, "token_too_long"),
        ("a.b".to_owned(), 2, "segment_count"),
    ] {
        let reply = get(server, "/", &[("Authorization", &format!("Bearer {token}"))]).await;
        let challenge = reply.header("www-authenticate").unwrap();
        assert_eq!(reply.status, 401, "{name}");
        assert!(challenge.starts_with("Bearer realm=\"orders\", error=\"invalid_token\", error_description=\""));
        let problem = reply.problem();
        assert_eq!((&problem["code"], &problem["name"]), (&code.into(), &name.into()));
        assert!(!reply.body.contains(&token));
    }
}

async fn insufficient_scope_is_forbidden(server: SocketAddr) {
    let reply = get(server, "/", &[("Authorization", &format!("Bearer {}", tokens::without_scope()))]).await;
    let challenge = reply.header("www-authenticate").unwrap();
    assert_eq!(reply.status, 403);
    assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.ends_with("scope=\"orders:read\""));
    assert_eq!(reply.problem()["name"], "insufficient_scope");
}

async fn valid_tokens_are_accepted(server: SocketAddr) {
    let token = tokens::good();
    for scheme in ["Bearer ", "bearer ", "BEARER   "] {
        let reply = get(server, "/", &[("Authorization", &format!("{scheme}{token}"))]).await;
        assert_eq!((reply.status, &*reply.body), (200, "Hello, alice"), "{scheme}");
        assert_eq!(reply.header("www-authenticate"), None);
    }
}
