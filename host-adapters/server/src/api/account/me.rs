//! Who the bearer of a token is.

use crate::api::answers::{BadRequest, Unauthorized, Unavailable};
use crate::api::bearer::Bearer;
use crate::api::published::NoStore;
use serde::Serialize;
use utoipa::ToSchema;

/// An account, and by which token it was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub(in crate::api) struct Me {
    /// The account's id: `sub` of its tokens. It never changes.
    #[schema(pattern = "^[A-Za-z0-9_-]+$")]
    id: String,
    email: String,
    /// When the account was made, in seconds since 1970.
    created_at: u64,
    /// What the token allows.
    scope: String,
    /// The login, if the token is one of a login.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9_-]{22}$")]
    session_id: Option<String>,
    /// The personal token, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    personal_token_id: Option<String>,
}

/// Who am I
///
/// Takes every kind of token that is good: access tokens of both forms, personal tokens.
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
