//! Authenticates requests by the token in `Authorization: Bearer …`.
//!
//! This server accepts an access token only while its session is open in the database, so the token is invalid here as soon
//! as the session ends. Other services check the signature, introspect the token, or follow the revocation feed.

use super::problem::Problem;
use super::scope::Scope;
use super::state::Api;
use crate::accounts::User;
use crate::live_login::LiveLogin;
use crate::state::wall_clock;
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use glowband_core::Refusal;
use glowband_http::{Rejection, from_authorization};
use glowband_issue::{OPAQUE_TOKEN_PREFIX, OpaqueToken, PERSONAL_TOKEN_PREFIX, PersonalToken};
use glowband_session::SessionId;
use glowband_verify::VerifiedToken;
use serde::Deserialize;

/// The user of an access token whose session was open when the head of the request was read.
///
/// The session may have ended since. Changes therefore need an [`Act`](crate::live_login::Act), and listings need a
/// [`Look`](crate::live_login::Look).
pub(super) struct SignedIn {
    pub(super) login: LiveLogin,
    /// The scope of this token. The scope of its session may be larger.
    pub(super) scope: Scope,
}

/// The user of any valid token, including a personal token.
pub(super) enum Bearer {
    Login(SignedIn),
    Personal { user: User, token_id: String, scope: Scope },
}

impl Bearer {
    pub(super) fn user(&self) -> &User {
        match self {
            Self::Login(signed_in) => signed_in.login.user(),
            Self::Personal { user, .. } => user,
        }
    }

    pub(super) fn scope(&self) -> &Scope {
        match self {
            Self::Login(signed_in) => &signed_in.scope,
            Self::Personal { scope, .. } => scope,
        }
    }
}

/// The claims of a session's access token (RFC 9068 §2.2). A token without one of the required claims is refused.
#[derive(Deserialize)]
pub(super) struct LoginClaims {
    pub(super) sub: String,
    pub(super) sid: String,
    pub(super) client_id: String,
    pub(super) jti: String,
    pub(super) iat: u64,
    pub(super) exp: u64,
    pub(super) scope: Option<String>,
    pub(super) auth_time: Option<u64>,
}

impl LoginClaims {
    /// Returns whether the token has expired, without the leeway that the guard allows for clock differences: an expired
    /// token must not be reported as `active` (RFC 7662 §4).
    pub(super) fn expired(&self) -> bool {
        self.exp <= wall_clock().0
    }
}

impl FromRequestParts<Api> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match Bearer::from_request_parts(parts, api).await? {
            Bearer::Login(signed_in) => Ok(signed_in),
            Bearer::Personal { .. } => Err(Problem::insufficient_scope(
                "A personal token is not allowed on this route. Log in, and use the access token of the session.",
            )),
        }
    }
}

impl FromRequestParts<Api> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let values = parts.headers.get_all(AUTHORIZATION).into_iter().map(HeaderValue::as_bytes);
        let token = from_authorization(values).map_err(|malformed| Problem::from(Rejection::from(malformed)))?;
        // A token68 is ASCII.
        let own_form = token
            .and_then(|token| std::str::from_utf8(token).ok())
            .filter(|token| token.starts_with(OPAQUE_TOKEN_PREFIX) || token.starts_with(PERSONAL_TOKEN_PREFIX));
        match own_form {
            Some(token) if token.starts_with(OPAQUE_TOKEN_PREFIX) => api.by_opaque_token(token).await,
            Some(token) => api.by_personal_token(token).await,
            // The guard checks all other tokens, reports missing ones, and counts the results.
            None => match api.guard.authenticate(&*parts).await? {
                Some(token) => api.by_jwt(&token).await,
                None => Err(Rejection::NoToken.into()),
            },
        }
    }
}

impl Api {
    async fn by_jwt(&self, token: &VerifiedToken) -> Result<Bearer, Problem> {
        let claims: LoginClaims = token.claims().map_err(|_| {
            Problem::invalid_token("not_of_a_login", "The token has no claims that identify a session of this server: sub, sid, client_id, jti, iat and exp are required.")
        })?;
        if claims.expired() {
            return Err(Rejection::Refused(Refusal::Expired).into());
        }
        let scope = Scope::stored(claims.scope.as_deref());
        let session = claims.sid.parse().map_err(|_| session_ended())?;
        self.by_session(session, &claims.sub, scope).await
    }

    async fn by_opaque_token(&self, token: &str) -> Result<Bearer, Problem> {
        let token = OpaqueToken::parse(token).ok_or_else(unknown_token)?;
        let row = self.opaque_tokens.find(&token).await?.ok_or_else(unknown_token)?;
        self.by_session(row.session_id, row.user_id.as_str(), Scope::stored(row.scope.as_deref())).await
    }

    async fn by_session(&self, id: SessionId, user_id: &str, scope: Scope) -> Result<Bearer, Problem> {
        let login = LiveLogin::find(&self.storage, id, user_id).await?.ok_or_else(session_ended)?;
        Ok(Bearer::Login(SignedIn { login, scope }))
    }

    async fn by_personal_token(&self, token: &str) -> Result<Bearer, Problem> {
        let token = PersonalToken::parse(token).map_err(|_| {
            let detail = "The personal token is malformed: its checksum does not match. Check for a wrong, missing or extra character.";
            Problem::invalid_token("token_damaged", detail)
        })?;
        let row = self.personal_tokens.verify(&token).await?.ok_or_else(unknown_token)?;
        let user = self.enabled_user(row.user_id.as_str()).await?.ok_or_else(unknown_token)?;
        Ok(Bearer::Personal { user, token_id: row.id, scope: Scope::stored(row.scope.as_deref()) })
    }
}

pub(super) fn session_ended() -> Problem {
    Problem::invalid_token("session_ended", "The session of this token has ended.")
}

fn unknown_token() -> Problem {
    Problem::invalid_token("unknown_token", "The token is unknown, revoked or expired.")
}
