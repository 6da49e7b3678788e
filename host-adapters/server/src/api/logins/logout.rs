//! Ends one session, or all sessions of the account.

use super::refresh::presented;
use super::refresh_body::LogoutBody;
use crate::api::answers::{BadRequest, Forbidden, TooLarge, Unauthorized, Unavailable, WrongType};
use crate::api::bearer::SignedIn;
use crate::api::client_info::ClientInfo;
use crate::api::client_mode::{CLIENT_HEADER, ClientMode};
use crate::api::json_body::OptionalJsonBody;
use crate::api::problem::Problem;
use crate::api::refresh_cookie;
use crate::api::state::Api;
use crate::audit::Event;
use crate::live_login::Ends;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use zeroize::Zeroizing;

/// Log out
///
/// Ends the session of the cookie, of the refresh token in the body, or of the access token.
///
/// The refresh token may be an older one of the session. An unknown refresh token, an ended session and a browser without
/// the cookie are answered 204 too. After a 204 the session stays ended, even if another request of it is still in progress.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "Logins",
    params(("Glowband-Client" = Option<ClientMode>, Header,
        description = "Where the client keeps the refresh token. Optional if the request has only an access token.")),
    request_body(content = LogoutBody, description = "Native mode only. Omit it if the request has an access token."),
    responses(
        (status = 204, description = "The session is ended.",
            headers(("Set-Cookie" = String, description = "Browser mode: deletes the cookie."))),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 413, response = TooLarge),
        (status = 415, response = WrongType),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []), ("refresh_cookie" = []), ())
)]
pub(in crate::api) async fn logout(
    State(api): State<Api>,
    client_info: ClientInfo,
    mut parts: Parts,
    OptionalJsonBody(asked): OptionalJsonBody<LogoutBody>,
) -> Result<Response, Problem> {
    let in_body = asked.and_then(|asked| asked.refresh_token);
    let with_cookie = refresh_cookie::is_there(&parts.headers);
    let mode = if with_cookie || in_body.is_some() || parts.headers.contains_key(CLIENT_HEADER) {
        Some(ClientMode::of(&parts.headers, &api.origins)?)
    } else {
        None
    };
    let refresh_token = match mode {
        // Duplicate or malformed cookies identify no session, but they are deleted as well.
        Some(ClientMode::Browser) if in_body.is_none() => {
            refresh_cookie::of(&parts.headers).unwrap_or_default().map(owned)
        }
        Some(mode) => presented(mode, &parts.headers, in_body.as_ref())?,
        None => None,
    };
    if refresh_token.is_none() && mode == Some(ClientMode::Browser) && !parts.headers.contains_key(AUTHORIZATION) {
        // A browser without a session is already logged out.
        return Ok(gone(&parts.headers));
    }
    match refresh_token {
        Some(token) => {
            if let Some(closed) = api.sessions.close_by_token(&token).await? {
                api.audit
                    .note(client_info.entry(Event::LoggedOut).user_named(&closed.user_id).session(closed.id))
                    .await;
            }
        }
        // Only a valid access token identifies the session.
        None => {
            let SignedIn { login, .. } = SignedIn::from_request_parts(&mut parts, &api).await?;
            let mut act = login.act(&api.storage, Ends::Own).await?;
            act.end_own().await?;
            act.commit().await?;
            let entry = client_info.entry(Event::LoggedOut).user(&login.user().id).session(login.session_id());
            api.audit.note(entry).await;
        }
    }
    Ok(gone(&parts.headers))
}

/// Log out everywhere
///
/// Ends all sessions of the account, including this one. Personal tokens stay valid.
#[utoipa::path(
    post,
    path = "/auth/logout-all",
    tag = "Logins",
    responses(
        (status = 204, description = "All sessions are ended.",
            headers(("Set-Cookie" = String, description = "Deletes the cookie, if the request has one."))),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn logout_all(
    State(api): State<Api>,
    client_info: ClientInfo,
    headers: HeaderMap,
    SignedIn { login, .. }: SignedIn,
) -> Result<Response, Problem> {
    let mut act = login.act(&api.storage, Ends::All).await?;
    let ended = act.end_all().await?;
    act.commit().await?;
    let detail = format!("{ended} sessions");
    api.audit.note(client_info.entry(Event::LoggedOutEverywhere).user(&login.user().id).detail(&detail)).await;
    Ok(gone(&headers))
}

fn owned(token: &str) -> Zeroizing<String> {
    Zeroizing::new(token.to_owned())
}

/// Returns a 204 that deletes the cookie.
fn gone(headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if refresh_cookie::is_there(headers)
        && let Some(cookie) = refresh_cookie::cleared()
    {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
