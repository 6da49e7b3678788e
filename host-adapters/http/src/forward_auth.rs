//! For reverse proxies that ask before they let a request through: nginx `auth_request`, Caddy `forward_auth`, Traefik
//! `ForwardAuth`, Envoy `ext_authz`.
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
//! | those of [`claim_header`](ForwardAuth::claim_header) | the claims that they name |
//!
//! All of them are there in every 204, empty where the token does not say, so that a proxy that copies them overwrites
//! what a client sent under these names. Tell the proxy to copy all that the service behind it reads, or to take away
//! those of the client; headers of these names in the question are not read here.
//!
//! A character that is not printable ASCII, and `%`, is percent-encoded in UTF-8 (`é` is `%C3%A9`); so is a space at the
//! beginning or end of a value, or within a scope, and a comma within an element of an array.
//!
//! # Tokens in cookies
//!
//! A guard that takes them asks which method the request has, and from where it comes: the proxy says so with
//! `X-Forwarded-Method` or `X-Original-Method`, and `X-Forwarded-Host` or `X-Original-URL`, and hands on `Origin` and
//! `Sec-Fetch-Site`. Without the method, or where two headers name different ones, the request counts as one that changes
//! something.
//!
//! # What proxies understand
//!
//! nginx knows 2xx, 401 and 403, and makes everything else a 500: so malformed credentials, 400 elsewhere, are 401 with
//! `invalid_request` here. 500 and 503 stay, because a door whose lock is broken is shut. Envoy lets a request through for
//! 200 alone, so that is the answer where it [appends the path](ForwardAuth::appended_path).

mod claim_header;
mod question;

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
use question::AskedAbout;
use std::borrow::Cow;
use std::sync::Arc;

/// What a reverse proxy asks: a guard, and which claims of a good token become headers.
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
    appended_path: bool,
}

impl ForwardAuth {
    /// Answers by this guard, with the headers that every 204 has.
    pub fn new(guard: Guard) -> Self {
        Self { guard, headers: Arc::default(), appended_path: false }
    }

    /// Also passes a claim on under this header: a string, a number, `true` or `false` as it is, an array of these with
    /// a comma between each two. A claim that is absent, or an object, is an empty header.
    ///
    /// `claim` is a name, names with dots between them, or a JSON pointer: [`ClaimPath`](crate::ClaimPath).
    ///
    /// # Errors
    /// [`ClaimHeaderError`] for a name that is not one of a header, has a meaning of its own in HTTP or here, or was
    /// given before, and for a text that names no claim.
    pub fn claim_header(mut self, header: &str, claim: &str) -> Result<Self, ClaimHeaderError> {
        let header = ClaimHeader::new(header, claim)?;
        if self.headers.iter().any(|own| own.name() == header.name()) {
            return Err(ClaimHeaderError::Twice(header.name().to_owned()));
        }
        Arc::make_mut(&mut self.headers).push(header);
        Ok(self)
    }

    /// Also answers below `/auth`: Envoy's `ext_authz` appends the path and the query of the request that it asks about.
    ///
    /// That query is the client's, so it names no scopes; the guard's own settings say what is needed. Method and host
    /// are those of the question itself. The answer for a good token is 200 in place of 204.
    #[must_use]
    pub fn appended_path(mut self) -> Self {
        self.appended_path = true;
        self
    }

    /// Judges the request that a proxy asks about: by its headers, and the query of the question (without `?`).
    pub async fn decide<R: RequestHead + Sync + ?Sized>(&self, question: &R, query: Option<&str>) -> Answer {
        let request = &AskedAbout::told_by_headers(question);
        let verdict = match needed_scopes(query.unwrap_or_default()) {
            Some(scopes) if scopes.is_empty() => self.guard.authenticate(request).await,
            // Who names scopes wants a token, of an optional guard too.
            Some(scopes) => self.guard.clone().require_scope(&scopes).mandatory().authenticate(request).await,
            None => {
                let rejection = Rejection::Setup(SetupFault::ProxyQuery);
                self.guard.note(&rejection);
                Err(rejection)
            }
        };
        self.answer(204, verdict)
    }

    /// Judges the request that a proxy asks about with the method, the host and the path of that request.
    pub async fn decide_appended<R: RequestHead + Sync + ?Sized>(&self, question: &R) -> Answer {
        let verdict = self.guard.authenticate(&AskedAbout::as_it_is(question)).await;
        self.answer(200, verdict)
    }

    /// A router with the route `/auth`, for any method: some proxies ask with that of the request in hand.
    ///
    /// Serve it where only the proxy can reach it.
    #[cfg(feature = "axum")]
    pub fn router(self) -> ::axum::Router {
        crate::axum::forward_auth_router(self)
    }

    #[cfg(feature = "axum")]
    pub(crate) fn appends_path(&self) -> bool {
        self.appended_path
    }

    fn answer(&self, good: u16, verdict: Result<Option<VerifiedToken>, Rejection>) -> Answer {
        match verdict {
            Ok(token) => Answer { status: good, headers: self.passed(token.as_ref()), body: String::new() },
            Err(rejection) => {
                let status = if rejection.status() == 400 { 401 } else { rejection.status() };
                self.guard.answer_as(&rejection, status)
            }
        }
    }

    fn passed(&self, token: Option<&VerifiedToken>) -> Vec<(Cow<'static, str>, String)> {
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
            // A claim that is no string names no client.
            ("x-auth-client".into(), client(&claims).and_then(|id| id.as_str()).map(encoded).unwrap_or_default()),
        ];
        headers.extend(self.headers.iter().map(|header| (Cow::Owned(header.name().to_owned()), header.value(&claims))));
        headers
    }
}

/// Judges the request that a proxy asks about, without headers beyond those of every 204: [`ForwardAuth::decide`].
pub async fn decide<R: RequestHead + Sync + ?Sized>(guard: &Guard, question: &R, query: Option<&str>) -> Answer {
    ForwardAuth::new(guard.clone()).decide(question, query).await
}

/// A router with the route `/auth`, for any method: some proxies ask with that of the request in hand.
///
/// Serve it where only the proxy can reach it.
#[cfg(feature = "axum")]
pub fn router(guard: Guard) -> ::axum::Router {
    ForwardAuth::new(guard).router()
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
