//! Lists and ends the sessions of the account.

use super::PathId;
use crate::api::answers::{BadRequest, Forbidden, NotFound, Unauthorized, Unavailable};
use crate::api::bearer::SignedIn;
use crate::api::client_info::ClientInfo;
use crate::api::problem::Problem;
use crate::api::published::NoStore;
use crate::api::state::Api;
use crate::audit::Event;
use crate::live_login::Ends;
use axum::extract::State;
use axum::http::StatusCode;
use glowband_session::SessionId;
use serde::Serialize;
use utoipa::ToSchema;

/// The open sessions of an account.
#[derive(Serialize, ToSchema)]
#[schema(as = Sessions)]
pub(in crate::api) struct Sessions {
    /// At most 1000 sessions, the most recently refreshed first.
    sessions: Vec<Session>,
}

/// One session.
#[derive(Serialize, ToSchema)]
struct Session {
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$")]
    id: String,
    /// The name of the client.
    client: String,
    /// The label given at login, or the `User-Agent` of the login.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    label: Option<String>,
    /// When the session started, in seconds since 1970.
    created_at: u64,
    /// When the session was last refreshed, in seconds since 1970.
    last_seen_at: u64,
    /// When the session ends if it is not refreshed, in seconds since 1970.
    idle_expires_at: u64,
    /// When the session ends even if it is refreshed, in seconds since 1970.
    absolute_expires_at: u64,
    /// Whether this is the session of the request's access token.
    current: bool,
}

/// List the account's open sessions
#[utoipa::path(
    get,
    path = "/auth/sessions",
    tag = "Account",
    responses(
        (status = 200, description = "The open sessions.", body = Sessions),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn list_sessions(
    State(api): State<Api>,
    SignedIn { login, .. }: SignedIn,
) -> Result<NoStore<Sessions>, Problem> {
    let mut look = login.look(&api.storage).await?;
    let listed = look.sessions().await?;
    look.end().await?;
    let sessions = listed.into_iter().map(|session| Session {
        current: session.id == login.session_id(),
        id: session.id.to_string(),
        client: session.client,
        label: session.label,
        created_at: session.created_at.seconds(),
        last_seen_at: session.last_seen_at.seconds(),
        idle_expires_at: session.idle_expires_at.seconds(),
        absolute_expires_at: session.absolute_expires_at.seconds(),
    });
    Ok(NoStore(Sessions { sessions: sessions.collect() }))
}

/// End one of the account's sessions
#[utoipa::path(
    delete,
    path = "/auth/sessions/{id}",
    tag = "Account",
    params(("id" = String, Path, description = "The id of the session.", pattern = "^[A-Za-z0-9_-]{22}$")),
    responses(
        (status = 204, description = "The session is ended."),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn close_session(
    State(api): State<Api>,
    client_info: ClientInfo,
    SignedIn { login, .. }: SignedIn,
    PathId(id): PathId,
) -> Result<StatusCode, Problem> {
    let id: SessionId = id.parse().map_err(|_| no_session())?;
    let mut act = login.act(&api.storage, Ends::One(id)).await?;
    // Another user's session is a 404, like a missing one.
    let Some(closed) = act.end(id).await? else {
        act.rollback().await?;
        return Err(no_session());
    };
    act.commit().await?;
    api.audit.note(client_info.entry(Event::SessionClosed).user(&login.user().id).session(closed)).await;
    Ok(StatusCode::NO_CONTENT)
}

fn no_session() -> Problem {
    let detail = "The account has no open session with this id.";
    Problem::new(StatusCode::NOT_FOUND, "session_not_found", detail)
}
