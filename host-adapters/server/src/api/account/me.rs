//! Returns the account of a token.

use crate::api::answers::{BadRequest, Unauthorized, Unavailable};
use crate::api::bearer::Bearer;
use crate::api::published::NoStore;
use serde::Serialize;
use utoipa::ToSchema;

/// The account of a token, and the token's own properties.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub(in crate::api) struct Me {
    /// The id of the account, which is `sub` in its tokens. It never changes.
    #[schema(pattern = "^[A-Za-z0-9_-]+$")]
    id: String,
    email: String,
    /// When the account was created, in seconds since 1970.
    created_at: u64,
    /// The scopes of the token, separated by spaces.
    scope: String,
    /// The id of the session. Present for access tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9_-]{22}$")]
    session_id: Option<String>,
    /// The id of the personal token. Present for personal tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    personal_token_id: Option<String>,
}

/// Get the account of the token
///
/// Accepts JWT access tokens, opaque access tokens and personal tokens.
#[utoipa::path(
    get,
    path = "/auth/me",
    tag = "Account",
    responses(
        (status = 200, description = "The account of the token.", body = Me),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []), ("personal_token" = []))
)]
pub(in crate::api) async fn me(bearer: Bearer) -> NoStore<Me> {
    let user = bearer.user();
    let (session_id, personal_token_id) = match &bearer {
        Bearer::Login(signed_in) => (Some(signed_in.login.session_id().to_string()), None),
        Bearer::Personal { token_id, .. } => (None, Some(token_id.clone())),
    };
    NoStore(Me {
        id: user.id.to_string(),
        email: user.email.as_str().to_owned(),
        created_at: user.created_at.seconds(),
        scope: bearer.scope().to_string(),
        session_id,
        personal_token_id,
    })
}
