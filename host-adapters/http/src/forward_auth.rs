//! For reverse proxies that ask before they let a request through: nginx `auth_request`, Caddy `forward_auth`, Traefik
//! `ForwardAuth`.
//!
//! The proxy sends the headers of the request that it has in hand; the answer is 204, or one that it hands to the
//! client. A proxy's own configuration may name scopes in the query of its question, `/auth?scope=orders:read`; all of
//! them are needed, and so is a token, even where the guard is optional. Anything else in the query is answered 500,
//! because a misspelt parameter must not open a door.
//!
//! # Headers of a 204
//!
//! | header | from |
//! |---|---|
//! | `X-Auth-Subject` | `sub` |
//! | `X-Auth-Scope` | the scopes, with a space between each two |
//! | `X-Auth-Issuer` | `iss` |
//! | `X-Auth-Token-Id` | `jti` |
//! | `X-Auth-Expires` | `exp`, in seconds since 1970, rounded down |
//! | `X-Auth-Client` | `client_id` (RFC 9068 §2.2), or `azp` (OpenID Connect Core §2) |
//!
//! All of them are there in every 204, empty where the token does not say, so that a proxy that copies them overwrites
//! what a client sent under these names. Tell the proxy to copy all that the service behind it reads, or to take away
//! those of the client; headers of these names in the question are not read here.
//!
//! A character that is not printable ASCII, and `%`, is percent-encoded in UTF-8 (`é` is `%C3%A9`); so is a space at the
//! beginning or end of a value, or within a scope.
//!
//! # Tokens in cookies
//!
//! A guard that takes them asks which method the request has, and from where it comes: the proxy says so with
//! `X-Forwarded-Method` and `X-Forwarded-Host`, and hands on `Origin` and `Sec-Fetch-Site`. Without the method, the request
//! counts as one that changes something.
//!
//! # What proxies understand
//!
//! nginx knows 2xx, 401 and 403, and makes everything else a 500: so malformed credentials, 400 elsewhere, are 401 with
//! `invalid_request` here. 500 and 503 stay, because a door whose lock is broken is shut.

use crate::answer::Answer;
use crate::guard::Guard;
use crate::header_text::{decoded, encoded, encoded_word};
use crate::rejection::{Rejection, SetupFault};
use crate::request_head::RequestHead;
use glowband_verify::VerifiedToken;
use serde::Deserialize;

/// Judges the request that a proxy asks about: by its headers, and the query of the question (without `?`).
pub async fn decide<R: RequestHead + Sync + ?Sized>(guard: &Guard, question: &R, query: Option<&str>) -> Answer {
    let request = &AskedAbout(question);
    let verdict = match needed_scopes(query.unwrap_or_default()) {
        Some(scopes) if scopes.is_empty() => guard.authenticate(request).await,
        // Who names scopes wants a token, of an optional guard too.
        Some(scopes) => guard.clone().require_scope(&scopes).mandatory().authenticate(request).await,
        None => {
            let rejection = Rejection::Setup(SetupFault::ProxyQuery);
            guard.note(&rejection);
            Err(rejection)
        }
    };
    match verdict {
        Ok(token) => Answer { status: 204, headers: passed(token.as_ref()), body: String::new() },
        Err(rejection) => {
            let status = if rejection.status() == 400 { 401 } else { rejection.status() };
            guard.answer_as(&rejection, status)
        }
    }
}

/// The request in the proxy's hand. Its method and host are not those of the question; the proxy says them.
struct AskedAbout<'q, R: ?Sized>(&'q R);

impl<R: RequestHead + ?Sized> RequestHead for AskedAbout<'_, R> {
    fn method(&self) -> Option<&str> {
        let mut methods = self.0.named("x-forwarded-method");
        let only = methods.next().filter(|_| methods.next().is_none());
        std::str::from_utf8(only?).ok()
    }

    fn authorization(&self) -> impl Iterator<Item = &[u8]> {
        self.0.authorization()
    }

    fn cookie(&self) -> impl Iterator<Item = &[u8]> {
        self.0.cookie()
    }

    fn named(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.0.named(if name == "host" { "x-forwarded-host" } else { name })
    }
}

/// A router with the route `/auth`, for any method: some proxies ask with that of the request in hand.
///
/// Serve it where only the proxy can reach it.
#[cfg(feature = "axum")]
pub fn router(guard: Guard) -> ::axum::Router {
    crate::axum::forward_auth_router(guard)
}

/// The scopes that a query names, with spaces between them; `None` for a query that says something else.
fn needed_scopes(query: &str) -> Option<String> {
    let mut needed = String::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = decoded(value)?;
        // A parameter without a scope is more likely a mistake than a wish for none.
        if name != "scope" || value.split_ascii_whitespace().next().is_none() {
            return None;
        }
        needed.push_str(&value);
        needed.push(' ');
    }
    Some(needed)
}

fn passed(token: Option<&VerifiedToken>) -> Vec<(&'static str, String)> {
    let text = |read: fn(&VerifiedToken) -> Option<&str>| token.and_then(read).map(encoded).unwrap_or_default();
    let scopes: Vec<String> = token.map(|token| token.scopes().iter().map(encoded_word).collect()).unwrap_or_default();
    let expires = token.and_then(VerifiedToken::expires_at).map(|date| date.floor().to_string());
    vec![
        ("cache-control", "no-store".to_owned()),
        ("x-auth-subject", text(VerifiedToken::subject)),
        ("x-auth-scope", scopes.join(" ")),
        ("x-auth-issuer", text(VerifiedToken::issuer)),
        ("x-auth-token-id", text(VerifiedToken::token_id)),
        ("x-auth-expires", expires.unwrap_or_default()),
        ("x-auth-client", token.and_then(client).map(|client| encoded(&client)).unwrap_or_default()),
    ]
}

/// Whom the token was issued to. A claim that is no string names nobody.
fn client(token: &VerifiedToken) -> Option<String> {
    #[derive(Deserialize)]
    struct Client {
        client_id: Option<serde_json::Value>,
        azp: Option<serde_json::Value>,
    }
    let Client { client_id, azp } = token.claims().ok()?;
    client_id.or(azp)?.as_str().map(str::to_owned)
}
