//! Token revocation (RFC 7009).

use super::error::OAuthError;
use super::introspect::TokenForm;
use super::token_request::AskedToken;
use crate::api::answers::{OAuthBadRequest, OAuthUnauthorized, OAuthUnavailable};
use crate::api::client_info::ClientInfo;
use crate::api::state::Api;
use crate::audit::Event;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use glowband_issue::{OPAQUE_TOKEN_PREFIX, OpaqueToken, PERSONAL_TOKEN_PREFIX, PersonalToken};
use glowband_session::Session;

/// Revoke a token
///
/// Revokes the token in the request. A refresh token or a JWT access token ends its whole session. An opaque access token
/// or a personal token is revoked alone.
///
/// Unknown, expired and already revoked tokens are answered 200 too. A credential is optional; if the request has one, it
/// must be that of a service client.
#[utoipa::path(
    post,
    path = "/oauth/revoke",
    tag = "Services",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is not valid, or no longer valid."),
        (status = 400, response = OAuthBadRequest),
        (status = 401, response = OAuthUnauthorized),
        (status = 503, response = OAuthUnavailable),
    ),
    security((), ("caller" = []))
)]
pub(in crate::api) async fn revoke(
    State(api): State<Api>,
    client_info: ClientInfo,
    AskedToken(token): AskedToken,
) -> Result<Response, OAuthError> {
    if token.starts_with(OPAQUE_TOKEN_PREFIX) {
        if let Some(token) = OpaqueToken::parse(&token) {
            api.opaque_tokens.revoke(&token).await?;
        }
    } else if token.starts_with(PERSONAL_TOKEN_PREFIX) {
        if let Ok(token) = PersonalToken::parse(&token)
            && let Some(row) = api.personal_tokens.verify(&token).await?
            && api.personal_tokens.revoke_presented(&row).await?
        {
            api.audit.note(client_info.entry(Event::TokenRevoked).user(&row.user_id).detail(&row.id)).await;
        }
    } else if let Some(closed) = api.close_login_of(&token).await? {
        api.audit.note(client_info.entry(Event::LoggedOut).user_named(&closed.user_id).session(closed.id)).await;
    }
    Ok([(CACHE_CONTROL, HeaderValue::from_static("no-store"))].into_response())
}

impl Api {
    /// Ends the session of a refresh token or of a JWT, because a JWT cannot be revoked alone.
    async fn close_login_of(&self, token: &str) -> Result<Option<Session>, OAuthError> {
        let session = match self.claims_of(token) {
            Some(claims) => claims.sid.parse().ok(),
            None => return Ok(self.sessions.close_by_token(token).await?),
        };
        match session {
            Some(id) => Ok(self.sessions.close(id).await?),
            None => Ok(None),
        }
    }
}
