//! The endpoint for reverse proxies.

use crate::axum_server::serve;
use crate::tokens;
use crate::wire::{Reply, ask, get};
use glowband_http::ClaimRule;
use glowband_http::forward_auth::{ForwardAuth, router};
use serde_json::json;
use std::net::SocketAddr;

const PASSED: [&str; 6] =
    ["x-auth-subject", "x-auth-scope", "x-auth-issuer", "x-auth-token-id", "x-auth-expires", "x-auth-client"];

async fn with(server: SocketAddr, path: &str, token: &str) -> Reply {
    get(server, path, &[("Authorization", &format!("Bearer {token}")), ("X-Auth-Subject", "root")]).await
}

fn passed(reply: &Reply) -> [&str; 6] {
    assert_eq!((reply.status, reply.header("cache-control")), (204, Some("no-store")), "{}", reply.body);
    PASSED.map(|name| reply.header(name).unwrap())
}

#[tokio::test]
async fn the_claims_of_a_valid_token_are_returned_in_headers() {
    let server = serve(router(tokens::guard())).await;
    let token = tokens::with(json!({"exp": 4_000_000_000.5, "client_id": "web", "azp": "other"}));
    let told = ["alice", "orders:read profile", "https://id.example", "t-1", "4000000000", "web"];
    for method in ["GET", "POST", "DELETE", "PROPFIND"] {
        let reply = ask(server, method, "/auth", &[("authorization", &format!("bearer {token}"))]).await;
        assert_eq!(passed(&reply), told, "{method}");
    }
    let party = tokens::with(json!({"azp": "spa"}));
    assert_eq!(with(server, "/auth", &party).await.header("x-auth-client"), Some("spa"));
}

#[tokio::test]
async fn no_claim_can_inject_a_header() {
    let server = serve(router(tokens::guard())).await;
    let token = tokens::with(json!({
        "sub": "é\r\nX-Auth-Scope: admin", "scope": ["orders:read", "a b", "50%"], "jti": " \u{0}", "client_id": ["x"],
    }));
    let reply = with(server, "/auth", &token).await;
    let [subject, scope, _, id, _, client] = passed(&reply);
    assert_eq!(subject, "%C3%A9%0D%0AX-Auth-Scope: admin");
    assert_eq!((scope, id, client), ("orders:read a%20b 50%25", "%20%00", ""));
}

#[tokio::test]
async fn headers_of_missing_claims_are_empty_even_if_the_client_sends_them() {
    let server = serve(router(tokens::guard().optional())).await;
    let reply = get(server, "/auth", &[("X-Auth-Subject", "root"), ("X-Auth-Scope", "admin")]).await;
    assert_eq!(passed(&reply), [""; 6]);
    let reply = get(server, "/auth?scope=profile", &[]).await;
    assert_eq!(
        (reply.status, reply.problem()["name"].as_str()),
        (401, Some("no_token")),
        "a required scope needs a token"
    );
}

#[tokio::test]
async fn the_proxy_can_require_scopes() {
    let server = serve(router(tokens::guard())).await;
    let token = tokens::good();
    for query in ["", "?", "?scope=profile", "?scope=profile+orders:read", "?scope=profile&scope=orders%3Aread"] {
        assert_eq!(with(server, &format!("/auth{query}"), &token).await.status, 204, "{query}");
    }
    for query in ["?scope=admin", "?scope=profile%20admin", "?scope=profile&scope=admin", "?scope=Profile"] {
        let reply = with(server, &format!("/auth{query}"), &token).await;
        assert_eq!(reply.status, 403, "{query}");
        assert!(reply.header("www-authenticate").unwrap().contains("scope=\"orders:read "), "{query}");
    }
    for query in ["?scopes=profile", "?scope", "?scope=", "?scope=%zz", "?SCOPE=a", "?scope=profile&x=1"] {
        let reply = with(server, &format!("/auth{query}"), &token).await;
        assert_eq!((reply.status, reply.problem()["name"].as_str()), (500, Some("proxy_query")), "{query}");
    }
}

#[tokio::test]
async fn refusals_have_statuses_that_proxies_support() {
    let guard = tokens::guard();
    let server = serve(router(guard.clone())).await;
    let reply = get(server, "/auth", &[]).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer realm=\"orders\"")));
    let reply = with(server, "/auth", &tokens::forged()).await;
    assert_eq!((reply.status, &reply.problem()["code"]), (401, &17.into()));
    let reply = with(server, "/auth", "a b").await;
    assert_eq!((reply.status, &reply.problem()["status"]), (401, &401.into()), "nginx does not support 400");
    assert!(reply.header("www-authenticate").unwrap().contains("invalid_request"));
    let reply = with(server, "/auth", &tokens::without_scope()).await;
    assert!(reply.status == 403 && PASSED.iter().all(|name| reply.header(name).is_none()));
    let counts = guard.metrics().snapshot();
    assert_eq!((counts.no_token, counts.bad_request, counts.insufficient_scope, counts.accepted), (1, 1, 1, 0));
}

#[tokio::test]
async fn a_guard_can_accept_bound_tokens_and_another_header() {
    let guard = tokens::guard().danger_accept_bound_tokens().named_header("X-Goog-IAP-JWT-Assertion");
    let server = serve(router(guard)).await;
    let bound = tokens::with(json!({"cnf": {"jkt": "a"}}));
    let reply = get(server, "/auth", &[("x-goog-iap-jwt-assertion", &bound)]).await;
    assert_eq!(passed(&reply)[0], "alice");
    assert_eq!(with(server, "/auth", &bound).await.status, 401, "Authorization is not looked at");
}

#[tokio::test]
async fn claim_rules_refuse_and_are_counted() {
    let rule = ClaimRule::any_of("realm_access.roles", ["admin"]).unwrap();
    let guard = tokens::guard().require_claim(rule).require_claim(ClaimRule::any_client_of(["web"]));
    let server =
        serve(ForwardAuth::new(guard.clone()).claim_header("X-Roles", "realm_access.roles").unwrap().router()).await;
    let roles = |roles: &[&str], client: &str| tokens::with(json!({"realm_access": {"roles": roles}, "azp": client}));
    let reply = with(server, "/auth", &roles(&["user", "admin"], "web")).await;
    assert_eq!((reply.status, reply.header("x-roles")), (204, Some("user,admin")));
    for token in [roles(&["user"], "web"), roles(&["admin"], "other"), tokens::good()] {
        let reply = with(server, "/auth", &token).await;
        assert_eq!((reply.status, reply.problem()["name"].as_str()), (403, Some("claim_not_allowed")));
        assert_eq!(reply.header("x-roles"), None);
    }
    assert_eq!(guard.metrics().snapshot().claim_not_allowed, 3);
}
