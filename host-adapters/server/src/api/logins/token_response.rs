//! What a login and a refresh are answered with: tokens, and where the refresh token goes.

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

/// The tokens of a login.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(in crate::api) struct Tokens {
    /// For `Authorization: Bearer …`. Keep it in memory only.
    access_token: String,
    #[schema(pattern = "^Bearer$")]
    token_type: &'static str,
    /// In how many seconds the access token expires.
    #[schema(minimum = 1)]
    expires_in: u64,
    /// What the tokens allow; may be empty.
    scope: String,
    /// The login: `sid` of the tokens, and its name in `/auth/sessions`.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$")]
    session_id: String,
    /// Who has logged in, for the client itself; no API takes it. Only with the scope `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    id_token: Option<String>,
    /// Native mode only: for `/auth/refresh`. Keep it where the operating system keeps secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^gbr_[A-Za-z0-9_-]+$")]
    refresh_token: Option<String>,
    /// In how many seconds the login ends unless it is refreshed.
    refresh_expires_in: u64,
}

/// How tokens are handed over.
pub(super) struct TokenResponse<'a> {
    pub(super) status: StatusCode,
    pub(super) mode: ClientMode,
    /// The access token, if it is to be an opaque one.
    pub(super) opaque: Option<OpaqueToken>,
    pub(super) nonce: Option<&'a str>,
}

/// There is no enabled user who could have the token.
pub(super) struct NoOwner;

impl Api {
    /// Makes and keeps the access token of a session, if it is to be an opaque one; one of the JWT form is kept nowhere.
    ///
    /// # Errors
    /// [`NoOwner`] in the result if the user was disabled or deleted meanwhile.
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

    /// How long an access token is good for. One that outlived its login would be good for nothing here, and for too long
    /// elsewhere.
    fn lifetime(&self, session: &Session, now: Timestamp) -> Duration {
        let left = session.absolute_expires_at.since(now);
        self.settings.access_token_lifetime.min(left).max(Duration::from_secs(1))
    }

    /// The answer to a login or a refresh. Nothing of it may be kept by a cache.
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
                // Nobody has sent a letter there.
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
