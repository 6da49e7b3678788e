//! The response of a login and of a refresh.

use super::credentials::AccessTokenForm;
use crate::accounts::User;
use crate::api::client_mode::ClientMode;
use crate::api::problem::Problem;
use crate::api::refresh_cookie;
use crate::api::scope::{EMAIL, OPENID, Scope};
use crate::api::state::Api;
use crate::state::wall_clock;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use glowband_issue::{AccessToken, Grant, IdToken, OpaqueToken, UnixSeconds};
use glowband_session::{Refreshed, Session, Timestamp};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(in crate::api) struct Tokens {
    /// The access token, for the header `Authorization: Bearer …`. Keep it in memory only.
    access_token: String,
    #[schema(pattern = "^Bearer$")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(minimum = 1)]
    expires_in: u64,
    /// The scopes of the access token, separated by spaces. May be empty.
    scope: String,
    /// The id of the session: `sid` in the tokens and `id` in `GET /auth/sessions`.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$")]
    session_id: String,
    /// The ID token, which tells the client who logged in. Present with the scope `openid`. It is not accepted as an access
    /// token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    id_token: Option<String>,
    /// Native mode only: the refresh token, for `POST /auth/refresh`. Keep it in the secret store of the operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^gbr_[A-Za-z0-9_-]+$")]
    refresh_token: Option<String>,
    /// Seconds until the session ends if it is not refreshed.
    refresh_expires_in: u64,
}

/// The options of a token response.
pub(super) struct TokenResponse<'a> {
    pub(super) status: StatusCode,
    pub(super) mode: ClientMode,
    /// The access token, if the client asked for an opaque one.
    pub(super) opaque: Option<OpaqueToken>,
    pub(super) nonce: Option<&'a str>,
}

/// The user of the session is disabled or deleted.
pub(super) struct NoOwner;

impl Api {
    /// Creates and stores an opaque access token, if the client asked for one. JWTs are not stored.
    ///
    /// # Errors
    /// The inner result is [`NoOwner`] if the user was disabled or deleted in the meantime.
    pub(super) async fn prepare(
        &self,
        session: &Session,
        now: Timestamp,
        form: AccessTokenForm,
    ) -> Result<Result<Option<OpaqueToken>, NoOwner>, Problem> {
        if form == AccessTokenForm::Jwt {
            return Ok(Ok(None));
        }
        let token = OpaqueToken::generate()?;
        let kept = self.opaque_tokens.insert(&token, session, self.lifetime(session, now)).await?;
        Ok(if kept { Ok(Some(token)) } else { Err(NoOwner) })
    }

    /// Returns the lifetime of an access token. It never exceeds the rest of the session.
    fn lifetime(&self, session: &Session, now: Timestamp) -> Duration {
        let left = session.absolute_expires_at.since(now);
        self.settings.access_token_lifetime.min(left).max(Duration::from_secs(1))
    }

    /// Returns the response of a login or a refresh, with `Cache-Control: no-store`.
    pub(super) async fn respond_with_tokens(
        &self,
        refreshed: &Refreshed,
        user: &User,
        delivery: TokenResponse<'_>,
    ) -> Result<Response, Problem> {
        let session = &refreshed.session;
        let scope = Scope::stored(session.scope.as_deref());
        let lifetime = self.lifetime(session, refreshed.now);
        let now = wall_clock();
        let session_id = session.id.to_string();
        let grant = Grant {
            issuer: &self.public_url,
            subject: &session.user_id,
            client_id: &session.client,
            issued_at: now,
            lifetime,
        };
        let auth_time = UnixSeconds(session.auth_time().seconds().min(now.0));
        let signer = self.issuer_keys.signer(now)?;
        let access_token = match &delivery.opaque {
            Some(token) => token.as_str().to_owned(),
            None => {
                let token = AccessToken::new(grant, &self.audience).session(&session_id).authenticated_at(auth_time);
                token.scope(&scope.to_string()).sign(&*signer).await?.as_str().to_owned()
            }
        };
        let id_token = if scope.contains(OPENID) {
            let mut token =
                IdToken::new(grant).session(&session_id).authenticated_at(auth_time).access_token(&access_token);
            if let Some(nonce) = delivery.nonce {
                token = token.nonce(nonce);
            }
            if scope.contains(EMAIL) {
                // `false`: the server does not verify e-mail addresses.
                token = token.email(user.email.as_str(), false);
            }
            Some(token.sign(&*signer).await?.as_str().to_owned())
        } else {
            None
        };
        let refresh_expires_in = session.idle_expires_at.since(refreshed.now).as_secs();
        let native = delivery.mode == ClientMode::Native;
        let tokens = Tokens {
            access_token,
            token_type: "Bearer",
            expires_in: lifetime.as_secs(),
            scope: scope.to_string(),
            session_id,
            id_token,
            refresh_token: native.then(|| refreshed.token.as_str().to_owned()),
            refresh_expires_in,
        };
        let mut response = (delivery.status, Json(tokens)).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if !native {
            let cookie =
                refresh_cookie::set(refreshed.token.as_str(), refresh_expires_in).ok_or_else(Problem::internal)?;
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        Ok(response)
    }
}
