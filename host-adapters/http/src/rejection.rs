//! Why a request is rejected, and the answer to it.

use crate::answer::Answer;
use crate::challenge::{Challenge, ErrorCode};
use crate::problem::Problem;
use crate::status::Status;
use glowband_core::Refusal;
use std::fmt;
use std::sync::Arc;

/// Why a request is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The request has no token: 401 without an error code (RFC 6750 §3.1).
    NoToken,
    /// The credentials are malformed: 400 `invalid_request`.
    BadRequest(Malformed),
    /// The token was refused: 401 `invalid_token`, or the status of [`Status::of`].
    Refused(Refusal),
    /// The token is padded with `=`, which RFC 7515 §2 forbids: 401 `invalid_token`, with the number of
    /// [`Refusal::Base64Invalid`].
    PaddedToken,
    /// The token is valid, but lacks one of these scopes (separated by spaces): 403 `insufficient_scope`.
    InsufficientScope(Arc<str>),
    /// The token is valid, but this claim does not satisfy a claim rule: 403 `insufficient_scope`.
    ClaimNotAllowed(Arc<str>),
    /// The token is in a cookie, and another origin may have sent the request with an unsafe method: 403.
    CrossSite,
    /// The key for the token is not available, because the issuer cannot be reached: 503 with `Retry-After`.
    KeysUnavailable,
    /// The server is misconfigured: 500.
    Setup(SetupFault),
}

/// Why credentials are malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// The request has more than one `Authorization` header.
    SeveralHeaders,
    /// The `Authorization` header is not `Bearer` and one token68.
    Header,
    /// The request has more than one cookie with the configured name.
    SeveralCookies,
    /// The cookie's value is not a token68.
    Cookie,
    /// The request has a token in the header and one in a cookie (RFC 6750 §2).
    HeaderAndCookie,
    /// The request has the configured header more than once.
    SeveralTokenHeaders,
    /// The configured header does not contain one token.
    TokenHeader,
}

/// How the server is misconfigured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupFault {
    /// An extractor or a scope layer is used on a route without a guard.
    GuardMissing,
    /// The query of a reverse proxy has a parameter other than `scope=…`.
    ProxyQuery,
    /// A guard or a route requires a scope without a name.
    ScopeEmpty,
}

impl Rejection {
    /// The value of `Retry-After` in seconds, sent if keys or the clock are missing.
    pub const RETRY_AFTER: u32 = 5;

    /// Returns the HTTP status code.
    pub const fn status(&self) -> u16 {
        self.outcome().code
    }

    /// Returns the error code of the challenge, or `None` if the client made no mistake.
    pub const fn error(&self) -> Option<ErrorCode> {
        self.outcome().error
    }

    /// Returns a stable name: that of the refusal, or for example `no_token` or `several_headers`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::BadRequest(malformed) => malformed.name(),
            Self::Refused(refusal) => refusal.name(),
            Self::PaddedToken => Refusal::Base64Invalid.name(),
            Self::InsufficientScope(_) => "insufficient_scope",
            Self::ClaimNotAllowed(_) => "claim_not_allowed",
            Self::CrossSite => "cross_site",
            Self::KeysUnavailable => "keys_unavailable",
            Self::Setup(fault) => fault.name(),
        }
    }

    /// Returns one sentence for human readers. It contains no part of the request.
    pub const fn sentence(&self) -> &'static str {
        match self {
            Self::NoToken => "The request has no token.",
            Self::BadRequest(malformed) => malformed.sentence(),
            Self::Refused(refusal) => refusal.sentence(),
            Self::PaddedToken => {
                "The token is padded with `=`, which RFC 7515 forbids; the setting danger-allow-padding accepts it."
            }
            Self::InsufficientScope(_) => "The token lacks a required scope.",
            Self::ClaimNotAllowed(_) => "A claim of the token does not have a required value.",
            Self::CrossSite => {
                "The token is in a cookie, but neither Sec-Fetch-Site nor Origin shows a request of this origin."
            }
            Self::KeysUnavailable => "The issuer's keys are temporarily unavailable, so the token cannot be verified.",
            Self::Setup(fault) => fault.sentence(),
        }
    }

    /// Returns what an operator can do about a misconfiguration.
    #[cfg(feature = "verify")]
    pub(crate) const fn advice(fault: SetupFault) -> &'static str {
        match fault {
            SetupFault::GuardMissing => {
                "Add `.layer(guard)` around the route (axum, tower) or `.wrap(GuardMiddleware::new(guard))` (actix-web)."
            }
            SetupFault::ProxyQuery => {
                "Correct the address of /auth in the proxy's configuration. A proxy that appends the client's query, as \
                 Caddy does, needs an explicit empty query: /auth?"
            }
            SetupFault::ScopeEmpty => "Name the required scope, or remove the requirement.",
        }
    }

    /// Returns the value of `WWW-Authenticate`, or `None` if another token would not help.
    pub fn challenge(&self, realm: &str) -> Option<String> {
        if self.status() >= 500 || *self == Self::CrossSite {
            return None;
        }
        let error = self.error();
        let scope = match self {
            Self::InsufficientScope(needed) => Some(&**needed),
            _ => None,
        };
        let description = error.map(|_| self.sentence());
        Some(Challenge { realm, error, description, scope }.to_string())
    }

    /// Returns the problem details for the body.
    pub const fn problem(&self) -> Problem {
        let code = match self {
            Self::Refused(refusal) => Some(refusal.code()),
            Self::PaddedToken => Some(Refusal::Base64Invalid.code()),
            _ => None,
        };
        Problem { status: self.status(), detail: self.sentence(), code, name: self.name() }
    }

    /// Returns the answer: status, `WWW-Authenticate` or `Retry-After`, `Cache-Control: no-store`, problem details.
    pub fn answer(&self, realm: &str) -> Answer {
        self.answer_as(realm, self.status())
    }

    /// Returns the answer with another status, for proxies that support only some statuses.
    pub(crate) fn answer_as(&self, realm: &str, status: u16) -> Answer {
        let mut headers = vec![
            ("content-type".into(), Problem::MEDIA_TYPE.to_owned()),
            ("cache-control".into(), "no-store".to_owned()),
        ];
        headers.extend(self.challenge(realm).map(|challenge| ("www-authenticate".into(), challenge)));
        if self.outcome().retry {
            headers.push(("retry-after".into(), Self::RETRY_AFTER.to_string()));
        }
        Answer { status, headers, body: Problem { status, ..self.problem() }.to_string() }
    }

    const fn outcome(&self) -> Status {
        match self {
            Self::NoToken => Status { code: 401, error: None, retry: false },
            Self::BadRequest(_) => Status { code: 400, error: Some(ErrorCode::InvalidRequest), retry: false },
            Self::Refused(refusal) => Status::of(*refusal),
            Self::PaddedToken => Status::of(Refusal::Base64Invalid),
            Self::InsufficientScope(_) => Status { code: 403, error: Some(ErrorCode::InsufficientScope), retry: false },
            Self::ClaimNotAllowed(_) => Status { code: 403, error: Some(ErrorCode::InsufficientScope), retry: false },
            Self::CrossSite => Status { code: 403, error: None, retry: false },
            Self::KeysUnavailable => Status::UNAVAILABLE,
            Self::Setup(_) => Status::SERVER_ERROR,
        }
    }
}

impl Malformed {
    const fn name(self) -> &'static str {
        match self {
            Self::SeveralHeaders => "several_headers",
            Self::Header => "authorization_malformed",
            Self::SeveralCookies => "several_cookies",
            Self::Cookie => "cookie_malformed",
            Self::HeaderAndCookie => "header_and_cookie",
            Self::SeveralTokenHeaders => "several_token_headers",
            Self::TokenHeader => "token_header_malformed",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::SeveralHeaders => "The request has more than one Authorization header.",
            Self::Header => "The Authorization header is not Bearer, a space and one token.",
            Self::SeveralCookies => "The request has more than one cookie with the name configured for the token.",
            Self::Cookie => "The value of the token's cookie is not a token.",
            Self::HeaderAndCookie => "The request has a token in the Authorization header and another in a cookie.",
            Self::SeveralTokenHeaders => "The request has more than one header with the name configured for the token.",
            Self::TokenHeader => "The header configured for the token does not contain exactly one token.",
        }
    }
}

impl SetupFault {
    const fn name(self) -> &'static str {
        match self {
            Self::GuardMissing => "guard_missing",
            Self::ProxyQuery => "proxy_query",
            Self::ScopeEmpty => "scope_empty",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::GuardMissing => "The server is misconfigured: a route needs a verified token, but has no guard.",
            Self::ScopeEmpty => "The server is misconfigured: it requires a scope without a name.",
            Self::ProxyQuery => "The reverse proxy is misconfigured: its query may only have scope=... parameters.",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for Rejection {}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Self {
        Self::BadRequest(malformed)
    }
}

/// A rejection with the realm of its guard: the error type of extractors, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    rejection: Rejection,
    realm: Arc<str>,
}

impl Denial {
    /// The default realm.
    pub const REALM: &'static str = "api";

    /// Combines a rejection with a realm.
    pub fn new(rejection: Rejection, realm: impl Into<Arc<str>>) -> Self {
        Self { rejection, realm: realm.into() }
    }

    /// Returns why the request is rejected.
    pub fn rejection(&self) -> &Rejection {
        &self.rejection
    }

    /// Returns the answer to the request.
    pub fn answer(&self) -> Answer {
        self.rejection.answer(&self.realm)
    }
}

impl From<Rejection> for Denial {
    fn from(rejection: Rejection) -> Self {
        Self::new(rejection, Self::REALM)
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rejection.fmt(f)
    }
}

impl std::error::Error for Denial {}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn every_refusal_becomes_a_complete_answer() {
        for refusal in Refusal::ALL {
            let rejection = Rejection::Refused(*refusal);
            let answer = rejection.answer("api");
            assert_eq!(answer.status, Status::of(*refusal).code);
            assert_eq!(header(&answer, "content-type"), Some("application/problem+json"));
            assert_eq!(header(&answer, "cache-control"), Some("no-store"));
            let challenge = header(&answer, "www-authenticate");
            let expected =
                format!("Bearer realm=\"api\", error=\"invalid_token\", error_description=\"{}\"", refusal.sentence());
            assert_eq!(challenge, (answer.status == 401).then_some(&*expected), "{refusal:?}");
            assert_eq!(header(&answer, "retry-after"), (answer.status == 503).then_some("5"), "{refusal:?}");
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(
                (body["status"].as_u64(), body["code"].as_u64()),
                (Some(answer.status.into()), Some(refusal.code().into()))
            );
            assert_eq!(
                (body["name"].as_str(), body["detail"].as_str()),
                (Some(refusal.name()), Some(refusal.sentence()))
            );
        }
    }

    #[test]
    fn a_padded_token_is_told_what_is_wrong_and_which_setting_accepts_it() {
        let answer = Rejection::PaddedToken.answer("api");
        assert_eq!(answer.status, 401);
        let challenge = header(&answer, "www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\"") && challenge.contains("padded with `=`"), "{challenge}");
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((body["code"].as_u64(), body["name"].as_str()), (Some(5), Some("base64_invalid")));
        assert!(body["detail"].as_str().unwrap().contains("danger-allow-padding"), "{body}");
    }

    #[test]
    fn without_a_token_the_challenge_has_no_error_code() {
        let answer = Rejection::NoToken.answer("orders");
        assert_eq!((answer.status, header(&answer, "www-authenticate")), (401, Some("Bearer realm=\"orders\"")));
        assert!(answer.body.contains("\"name\":\"no_token\"") && !answer.body.contains("code"));
    }

    #[test]
    fn malformed_credentials_are_answered_with_invalid_request() {
        let all = [
            Malformed::SeveralHeaders,
            Malformed::Header,
            Malformed::SeveralCookies,
            Malformed::Cookie,
            Malformed::HeaderAndCookie,
            Malformed::SeveralTokenHeaders,
            Malformed::TokenHeader,
        ];
        for malformed in all {
            let answer = Rejection::from(malformed).answer("api");
            let challenge = header(&answer, "www-authenticate").unwrap();
            assert_eq!(answer.status, 400);
            assert!(challenge.starts_with("Bearer realm=\"api\", error=\"invalid_request\", error_description=\"The "));
            assert!(!challenge.contains('?'), "{challenge}");
        }
    }

    #[test]
    fn insufficient_scope_names_the_required_scopes() {
        let answer = Rejection::InsufficientScope("a b".into()).answer("api");
        assert_eq!(answer.status, 403);
        assert!(header(&answer, "www-authenticate").unwrap().contains("error=\"insufficient_scope\""));
        assert!(header(&answer, "www-authenticate").unwrap().ends_with("scope=\"a b\""));
    }

    #[test]
    fn a_claim_rule_is_not_disclosed_to_the_client() {
        let answer = Rejection::ClaimNotAllowed("realm_access.roles".into()).answer("api");
        assert_eq!(answer.status, 403);
        assert!(header(&answer, "www-authenticate").unwrap().contains("error=\"insufficient_scope\""));
        assert!(answer.body.contains("claim_not_allowed") && !format!("{answer:?}").contains("realm_access"));
    }

    #[test]
    fn server_errors_have_no_challenge() {
        for fault in [SetupFault::GuardMissing, SetupFault::ProxyQuery, SetupFault::ScopeEmpty] {
            let answer = Rejection::Setup(fault).answer("api");
            assert_eq!((answer.status, header(&answer, "www-authenticate")), (500, None));
        }
        let answer = Rejection::CrossSite.answer("api");
        assert_eq!((answer.status, header(&answer, "www-authenticate")), (403, None), "no other token would help");
        let answer = Rejection::KeysUnavailable.answer("api");
        assert_eq!((answer.status, header(&answer, "retry-after")), (503, Some("5")));
    }
}
