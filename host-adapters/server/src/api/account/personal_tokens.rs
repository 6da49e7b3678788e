//! Personal tokens, for machines and scripts.

use super::PathId;
use crate::api::answers::{BadRequest, Conflict, Forbidden, NotFound, TooLarge, Unauthorized, Unavailable, WrongType};
use crate::api::bearer::SignedIn;
use crate::api::client_info::ClientInfo;
use crate::api::fields::{Fields, FromFields, Text};
use crate::api::json_body::JsonBody;
use crate::api::problem::Problem;
use crate::api::published::NoStore;
use crate::api::scope::{self, Scope};
use crate::api::state::Api;
use crate::audit::Event;
use crate::live_login::Ends;
use crate::personal_tokens::{NewPersonalToken, PersonalTokenRow, PersonalTokens};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use glowband_issue::PersonalToken;
use glowband_session::Timestamp;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// The maximum number of personal tokens per account.
const MOST: u32 = 50;
/// The allowed lifetimes: one minute to ten years, in seconds.
const LIFETIME: (u64, u64) = (60, 315_360_000);

/// The properties of a new personal token.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TokenRequest {
    /// A name that tells the owner what the token is for.
    #[schema(
        min_length = 1,
        max_length = 80,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
        example = "backup script"
    )]
    name: String,
    /// The scopes of the token, separated by spaces. Each must be in the server's setting `personal-token-scopes`. A scope
    /// that is also in the setting `scopes` must be in the access token of this request. Default: no scopes.
    #[schema(value_type = String, required = false, max_length = 1024)]
    scope: Option<String>,
    /// Seconds until the token expires. Default: it never expires.
    #[schema(value_type = u64, required = false, minimum = 60, maximum = 315_360_000)]
    expires_in: Option<u64>,
}

impl FromFields for TokenRequest {
    const NAMES: &'static [&'static str] = &["name", "scope", "expires_in"];

    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem> {
        Ok(Self {
            name: fields.text("name", Text::of(1, 80))?,
            scope: fields.optional_text("scope", Text::of(0, scope::LONGEST))?,
            expires_in: fields.number("expires_in", LIFETIME)?,
        })
    }
}

/// A personal token, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonalToken)]
pub(in crate::api) struct Listed {
    /// The id, which is used to revoke the token. It is a part of the token.
    #[schema(pattern = "^[0-9A-Za-z]{16}$")]
    id: String,
    name: String,
    scope: String,
    /// When it was created, in seconds since 1970.
    created_at: u64,
    /// When it expires, in seconds since 1970. Absent if it never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    expires_at: Option<u64>,
    /// When it was last used, in seconds since 1970, with a precision of one minute. Absent if it was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    last_used_at: Option<u64>,
}

/// A new personal token.
#[derive(Serialize, ToSchema)]
#[schema(as = NewPersonalToken)]
pub(in crate::api) struct Made {
    /// The token. Only this response contains it; the server does not store it.
    #[schema(pattern = "^gbp_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$")]
    token: String,
    #[serde(flatten)]
    listed: Listed,
}

/// The personal tokens of an account.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonalTokens)]
pub(in crate::api) struct AllListed {
    tokens: Vec<Listed>,
}

/// Create a personal token
///
/// Only this response contains the token. The server does not store it and cannot show it again.
#[utoipa::path(
    post,
    path = "/auth/tokens",
    tag = "Account",
    request_body = TokenRequest,
    responses(
        (status = 201, description = "The token is created.", body = Made),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 409, response = Conflict),
        (status = 413, response = TooLarge),
        (status = 415, response = WrongType),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn create_token(
    State(api): State<Api>,
    client_info: ClientInfo,
    SignedIn { login, scope: own }: SignedIn,
    JsonBody(asked): JsonBody<TokenRequest>,
) -> Result<Response, Problem> {
    let allowed = api.settings.personal_token_scopes.iter().map(String::as_str);
    let scope = Scope::read(asked.scope.as_deref().unwrap_or_default())?.within(allowed)?;
    // A new token must not have more rights than the access token that creates it.
    let logins_too = |name: &&str| api.settings.scopes.iter().any(|own| own == name);
    if scope.names().filter(logins_too).any(|name| !own.contains(name)) {
        return Err(Problem::insufficient_scope(
            "The new token requests a scope that the access token of this request does not have.",
        ));
    }
    let token = PersonalToken::generate()?;
    let text = scope.to_string();
    let new = NewPersonalToken {
        name: &asked.name,
        scope: (!text.is_empty()).then_some(&*text),
        lifetime: asked.expires_in.map(Duration::from_secs),
        most: MOST,
    };
    let mut act = login.act(&api.storage, Ends::Own).await?;
    let Some(row) = PersonalTokens::insert(&mut act, &token, new).await? else {
        act.rollback().await?;
        let detail = format!("The account has {MOST} personal tokens, which is the maximum. Revoke one first.");
        return Err(Problem::new(StatusCode::CONFLICT, "too_many_tokens", detail));
    };
    act.commit().await?;
    api.audit.note(client_info.entry(Event::TokenCreated).user(&login.user().id).detail(&row.id)).await;
    let made = Made { token: token.as_str().to_owned(), listed: row.into() };
    Ok((StatusCode::CREATED, NoStore(made)).into_response())
}

/// List the account's personal tokens
#[utoipa::path(
    get,
    path = "/auth/tokens",
    tag = "Account",
    responses(
        (status = 200, description = "All personal tokens that are not revoked, including expired ones, newest first.", body = AllListed),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn list_tokens(
    State(api): State<Api>,
    SignedIn { login, .. }: SignedIn,
) -> Result<NoStore<AllListed>, Problem> {
    let mut look = login.look(&api.storage).await?;
    let rows = PersonalTokens::list(&mut look).await?;
    look.end().await?;
    Ok(NoStore(AllListed { tokens: rows.into_iter().map(Listed::from).collect() }))
}

/// Revoke a personal token
#[utoipa::path(
    delete,
    path = "/auth/tokens/{id}",
    tag = "Account",
    params(("id" = String, Path, description = "The token's id.", pattern = "^[0-9A-Za-z]{16}$")),
    responses(
        (status = 204, description = "The token is revoked."),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn revoke_token(
    State(api): State<Api>,
    client_info: ClientInfo,
    SignedIn { login, .. }: SignedIn,
    PathId(id): PathId,
) -> Result<StatusCode, Problem> {
    // PostgreSQL refuses strings with NUL, so malformed ids must not reach the database.
    let well_formed = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !well_formed {
        return Err(no_token());
    }
    let mut act = login.act(&api.storage, Ends::Own).await?;
    let Some(row) = PersonalTokens::revoke(&mut act, &id).await? else {
        act.rollback().await?;
        return Err(no_token());
    };
    act.commit().await?;
    api.audit.note(client_info.entry(Event::TokenRevoked).user(&login.user().id).detail(&row.id)).await;
    Ok(StatusCode::NO_CONTENT)
}

fn no_token() -> Problem {
    let detail = "The account has no personal token with this id.";
    Problem::new(StatusCode::NOT_FOUND, "token_not_found", detail)
}

impl From<PersonalTokenRow> for Listed {
    fn from(row: PersonalTokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scope: row.scope.unwrap_or_default(),
            created_at: row.created_at.seconds(),
            expires_at: row.expires_at.map(Timestamp::seconds),
            last_used_at: row.last_used_at.map(Timestamp::seconds),
        }
    }
}
