//! The endpoint for reverse proxies that authenticate each request with a subrequest: nginx `auth_request`, Caddy
//! `forward_auth`, Traefik `ForwardAuth`, Envoy `ext_authz`.
//!
//! The proxy sends a subrequest with the headers of the client's request. The answer is 204 if the request is allowed;
//! otherwise it is the answer that the proxy returns to the client. The proxy's configuration may require scopes in the
//! query of the subrequest, `/auth?scope=orders:read`. The token must then have all of them, and a token is required
//! even if the guard is optional. Any other query parameter is answered 500, so that a misspelt parameter does not
//! allow requests.
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
//! | those of [`claim_header`](ForwardAuth::claim_header) | the claims that they name |
//!
//! Every 204 has all of these headers. A header is empty if the token does not have the claim, so that a proxy that
//! copies the headers overwrites values from the client. Configure the proxy to copy every header that the service
//! reads, or to remove the client's. Headers of these names in the subrequest are ignored.
//!
//! Characters other than printable ASCII, and `%`, are percent-encoded as UTF-8 (`é` is `%C3%A9`). So is a space at the
//! beginning or end of a value or within a scope, and a comma within an array element.
//!
//! # Tokens in cookies
//!
//! A guard that accepts tokens in cookies needs the method and the origin of the client's request. The proxy sends the
//! method as `X-Forwarded-Method` or `X-Original-Method`, the host as `X-Forwarded-Host` or in `X-Original-URL`, and
//! forwards `Origin` and `Sec-Fetch-Site`. If the method is missing, or two headers differ, the request is treated as
//! one with an unsafe method.
//!
//! # Statuses that proxies support
//!
//! nginx supports 2xx, 401 and 403, and turns every other status into a 500. Malformed credentials, otherwise 400, are
//! therefore answered 401 with `invalid_request`. 500 and 503 stay as they are, because they must not allow a request.
//! Envoy allows a request only for 200, so 200 replaces 204 if it [appends the path](ForwardAuth::appended_path).

mod claim_header;
mod original_request;

pub use claim_header::ClaimHeaderError;

use crate::answer::Answer;
use crate::claim_numbers;
use crate::claim_rule::client;
use crate::guard::Guard;
use crate::header_text::{decoded, encoded, encoded_word};
use crate::rejection::{Rejection, SetupFault};
use crate::request_head::RequestHead;
use claim_header::ClaimHeader;
use glowband_verify::VerifiedToken;
use original_request::OriginalRequest;
use std::borrow::Cow;
use std::sync::Arc;

/// Answers reverse proxies: a [`Guard`], and the claims that become headers.
///
/// ```
/// use glowband_http::forward_auth::ForwardAuth;
///
/// # fn example(guard: glowband_http::Guard) -> Result<(), glowband_http::forward_auth::ClaimHeaderError> {
/// let gate = ForwardAuth::new(guard)
///     .claim_header("X-Auth-Email", "email")?
///     .claim_header("X-Auth-Roles", "realm_access.roles")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ForwardAuth {
    guard: Guard,
    headers: Arc<Vec<ClaimHeader>>,
    pub(crate) appended_path: bool,
}

impl ForwardAuth {
    /// Creates an endpoint for this guard, with the headers of every 204.
    pub fn new(guard: Guard) -> Self {
        Self { guard, headers: Arc::default(), appended_path: false }
    }

    /// Also returns a claim in this header. A string, a number or a boolean is written as it is, the elements of an
    /// array are separated by commas. The header is empty if the claim is missing or an object.
    ///
    /// `claim` is a name, names separated by dots, or a JSON pointer: see [`ClaimPath`](crate::ClaimPath).
    ///
    /// # Errors
    /// Returns [`ClaimHeaderError`] if the header's name is malformed, reserved or already used, or if `claim` is not a
    /// claim path.
    pub fn claim_header(mut self, header: &str, claim: &str) -> Result<Self, ClaimHeaderError> {
        let header = ClaimHeader::new(header, claim)?;
        if self.headers.iter().any(|own| own.name() == header.name()) {
            return Err(ClaimHeaderError::DuplicateHeader(header.name().to_owned()));
        }
        Arc::make_mut(&mut self.headers).push(header);
        Ok(self)
    }

    /// Also answers paths below `/auth`: Envoy's `ext_authz` appends the path and the query of the client's request.
    ///
    /// The query then comes from the client, so it cannot name scopes; configure them in the guard. The method and the
    /// host are those of the subrequest itself. The answer to an allowed request is 200 instead of 204.
    #[must_use]
    pub fn appended_path(mut self) -> Self {
        self.appended_path = true;
        self
    }

    /// Decides on the client's request, by the headers and the query (without `?`) of the proxy's subrequest.
    pub async fn decide<R: RequestHead + Sync + ?Sized>(&self, subrequest: &R, query: Option<&str>) -> Answer {
        let request = &OriginalRequest { subrequest, from_headers: true };
        let verdict = match needed_scopes(query.unwrap_or_default()) {
            Some(scopes) if scopes.is_empty() => self.guard.authenticate(request).await,
            // The query requires scopes, so a token is required even if the guard is optional.
            Some(scopes) => self.guard.clone().require_scope(&scopes).mandatory().authenticate(request).await,
            None => {
                let rejection = Rejection::Setup(SetupFault::ProxyQuery);
                self.guard.record_rejection(&rejection);
                Err(rejection)
            }
        };
        self.answer(204, verdict)
    }

    /// Decides on the client's request if the proxy's subrequest has the same method, host and path.
    pub async fn decide_appended<R: RequestHead + Sync + ?Sized>(&self, subrequest: &R) -> Answer {
        let verdict = self.guard.authenticate(&OriginalRequest { subrequest, from_headers: false }).await;
        self.answer(200, verdict)
    }

    /// Returns a router with the route `/auth` for any method: some proxies use the method of the client's request.
    ///
    /// Serve it where only the proxy can reach it.
    #[cfg(feature = "axum")]
    pub fn router(self) -> ::axum::Router {
        crate::axum::forward_auth_router(self)
    }

    fn answer(&self, good: u16, verdict: Result<Option<VerifiedToken>, Rejection>) -> Answer {
        match verdict {
            Ok(token) => Answer { status: good, headers: self.headers_of(token.as_ref()), body: String::new() },
            Err(rejection) => {
                let status = if rejection.status() == 400 { 401 } else { rejection.status() };
                self.guard.answer_as(&rejection, status)
            }
        }
    }

    fn headers_of(&self, token: Option<&VerifiedToken>) -> Vec<(Cow<'static, str>, String)> {
        let text = |read: fn(&VerifiedToken) -> Option<&str>| token.and_then(read).map(encoded).unwrap_or_default();
        let scopes: Vec<String> =
            token.map(|token| token.scopes().iter().map(encoded_word).collect()).unwrap_or_default();
        let expires = token.and_then(VerifiedToken::expires_at).map(|date| date.floor().to_string());
        let claims = token.and_then(|token| claim_numbers::read(token.payload())).unwrap_or_default();
        let mut headers: Vec<(Cow<'static, str>, String)> = vec![
            ("cache-control".into(), "no-store".to_owned()),
            ("x-auth-subject".into(), text(VerifiedToken::subject)),
            ("x-auth-scope".into(), scopes.join(" ")),
            ("x-auth-issuer".into(), text(VerifiedToken::issuer)),
            ("x-auth-token-id".into(), text(VerifiedToken::token_id)),
            ("x-auth-expires".into(), expires.unwrap_or_default()),
            // A client name that is not a string is left out.
            ("x-auth-client".into(), client(&claims).and_then(|id| id.as_str()).map(encoded).unwrap_or_default()),
        ];
        headers.extend(self.headers.iter().map(|header| (Cow::Owned(header.name().to_owned()), header.value(&claims))));
        headers
    }
}

/// Decides on the client's request without additional claim headers: see [`ForwardAuth::decide`].
pub async fn decide<R: RequestHead + Sync + ?Sized>(guard: &Guard, subrequest: &R, query: Option<&str>) -> Answer {
    ForwardAuth::new(guard.clone()).decide(subrequest, query).await
}

/// Returns a router with the route `/auth` for any method: some proxies use the method of the client's request.
///
/// Serve it where only the proxy can reach it.
#[cfg(feature = "axum")]
pub fn router(guard: Guard) -> ::axum::Router {
    ForwardAuth::new(guard).router()
}

/// Returns the scopes that a query names, separated by spaces, or `None` if it has any other parameter.
fn needed_scopes(query: &str) -> Option<String> {
    let mut needed = String::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = decoded(value)?;
        // An empty scope is more likely a mistake in the configuration than a request for no scope.
        if name != "scope" || value.split_ascii_whitespace().next().is_none() {
            return None;
        }
        needed.push_str(&value);
        needed.push(' ');
    }
    Some(needed)
}
