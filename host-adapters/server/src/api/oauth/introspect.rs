//! Token introspection (RFC 7662).

use super::error::OAuthError;
use super::token_request::ServiceClientToken;
use crate::api::answers::{OAuthBadRequest, OAuthUnauthorized, OAuthUnavailable};
use crate::api::published::NoStore;
use crate::api::state::Api;
use crate::api::token_status::TokenStatus;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The form of an introspection or a revocation.
#[derive(ToSchema)]
#[schema(as = TokenForm)]
#[allow(dead_code)]
pub(in crate::api) struct TokenForm {
    /// An access token, refresh token or personal token.
    #[schema(min_length = 1, max_length = 8192)]
    token: String,
    /// Accepted, as the RFCs require, and ignored.
    #[schema(value_type = String, required = false)]
    token_type_hint: Option<String>,
}

/// The properties of a valid token. For any other token the response has only `active`, which is false.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Introspection)]
pub(in crate::api) struct Introspection {
    active: bool,
    /// The kind of the token: `access_token`, `personal_token` or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^(access_token|personal_token|refresh_token)$")]
    token_use: Option<&'static str>,
    /// `Bearer`, if the token is accepted in the header `Authorization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^Bearer$")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    client_id: Option<String>,
    /// The id of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    aud: Option<String>,
    /// The id of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    jti: Option<String>,
    /// The id of the token's session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    iat: Option<u64>,
    /// When the token expires, in seconds since 1970. Absent for a personal token that never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    exp: Option<u64>,
    /// When the user last entered the password, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    auth_time: Option<u64>,
}

/// Introspect a token
///
/// Tells a service whether a token is valid now, and whose token it is. Services need this for opaque tokens and personal
/// tokens, and if they must refuse a JWT as soon as its session ends.
///
/// A token is inactive if it is expired or revoked, if its session has ended, or if its user is disabled. The response for an
/// inactive token is always `{"active": false}`, without a reason.
#[utoipa::path(
    post,
    path = "/oauth/introspect",
    tag = "Services",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Whether the token is valid, and its properties.", body = Introspection),
        (status = 400, response = OAuthBadRequest),
        (status = 401, response = OAuthUnauthorized),
        (status = 503, response = OAuthUnavailable),
    ),
    security(("caller" = []))
)]
pub(in crate::api) async fn introspect(
    State(api): State<Api>,
    ServiceClientToken(token): ServiceClientToken,
) -> Result<NoStore<Introspection>, OAuthError> {
    let introspection = match api.token_status(&token).await? {
        Some(status) => introspection(&api, status),
        None => Introspection::default(),
    };
    Ok(NoStore(introspection))
}

fn introspection(api: &Api, status: TokenStatus) -> Introspection {
    let common = Introspection {
        active: true,
        iss: Some(api.public_url.to_string()),
        aud: Some(api.audience.to_string()),
        token_type: Some("Bearer"),
        ..Introspection::default()
    };
    match status {
        TokenStatus::Jwt(claims) => Introspection {
            token_use: Some("access_token"),
            scope: claims.scope,
            client_id: Some(claims.client_id),
            sub: Some(claims.sub),
            jti: Some(claims.jti),
            sid: Some(claims.sid),
            iat: Some(claims.iat),
            exp: Some(claims.exp),
            auth_time: claims.auth_time,
            ..common
        },
        TokenStatus::Opaque(row) => Introspection {
            token_use: Some("access_token"),
            scope: row.scope,
            client_id: Some(row.client),
            sub: Some(row.user_id.to_string()),
            sid: Some(row.session_id.to_string()),
            iat: Some(row.issued_at.seconds()),
            exp: Some(row.expires_at.seconds()),
            ..common
        },
        TokenStatus::Personal(row) => Introspection {
            token_use: Some("personal_token"),
            scope: row.scope,
            sub: Some(row.user_id.to_string()),
            jti: Some(row.id),
            iat: Some(row.created_at.seconds()),
            exp: row.expires_at.map(|moment| moment.seconds()),
            ..common
        },
        // Services do not accept refresh tokens, so a refresh token has no audience and no token type.
        TokenStatus::Refresh(session) => Introspection {
            token_use: Some("refresh_token"),
            token_type: None,
            aud: None,
            auth_time: Some(session.auth_time().seconds()),
            scope: session.scope,
            client_id: Some(session.client),
            sub: Some(session.user_id),
            sid: Some(session.id.to_string()),
            iat: Some(session.rotated_at.seconds()),
            exp: Some(session.idle_expires_at.seconds()),
            ..common
        },
    }
}
