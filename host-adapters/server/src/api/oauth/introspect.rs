//! What a token stands for, for services that introspect tokens (RFC 7662).

use super::error::OAuthError;
use super::token_request::ServiceClientToken;
use crate::api::answers::{OAuthBadRequest, OAuthUnauthorized, OAuthUnavailable};
use crate::api::published::NoStore;
use crate::api::state::Api;
use crate::api::token_status::TokenStatus;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Which token is meant.
#[derive(ToSchema)]
#[schema(as = TokenForm)]
#[allow(dead_code)]
pub(in crate::api) struct TokenForm {
    /// The token, of any kind.
    #[schema(min_length = 1, max_length = 8192)]
    token: String,
    /// What the token may be. It is not needed, and changes nothing.
    #[schema(value_type = String, required = false)]
    token_type_hint: Option<String>,
}

/// What a good token stands for. Of any other there is only `active`, which is then false.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Introspection)]
pub(in crate::api) struct Introspection {
    active: bool,
    /// What kind it is: `access_token`, `personal_token` or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^(access_token|personal_token|refresh_token)$")]
    token_use: Option<&'static str>,
    /// `Bearer`, where the token may stand in `Authorization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^Bearer$")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    client_id: Option<String>,
    /// The user's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    aud: Option<String>,
    /// The token's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    jti: Option<String>,
    /// The login that the token belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    iat: Option<u64>,
    /// Not there for a personal token that never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    exp: Option<u64>,
    /// When the user last proved who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    auth_time: Option<u64>,
}

/// Introspect a token
///
/// For services that cannot wait until an access token expires, and for those that are shown opaque and personal tokens.
/// The answer holds for the moment: a login that is ended, a user who is disabled, a token that is revoked makes every
/// token of theirs inactive. Of a token that is not good nothing is told but that.
#[utoipa::path(
    post,
    path = "/oauth/introspect",
    tag = "Services",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Whether the token is good, and what it stands for.", body = Introspection),
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
        // No service takes a refresh token, so it has no audience, and no place in `Authorization`.
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
