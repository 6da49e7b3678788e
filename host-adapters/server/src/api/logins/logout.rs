//! Ending a login, here or everywhere.

use super::refresh::presented;
use super::refresh_body::LogoutBody;
use crate::api::answers::{BadRequest, Forbidden, TooLarge, Unauthorized, Unavailable, WrongType};
use crate::api::bearer::SignedIn;
use crate::api::client_mode::{CLIENT_HEADER, ClientMode};
use crate::api::json_body::OptionalJsonBody;
use crate::api::problem::Problem;
use crate::api::refresh_cookie;
use crate::api::state::Api;
use crate::api::whence::Whence;
use crate::audit::Event;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// Log out
///
/// Ends the login of the cookie, of the refresh token in the body, or of the access token: on the server first, then in
/// the browser. A refresh token may be an old one, and one that is not known or whose login is over is no mistake. Once
/// this is answered 204 nothing revives the login, whatever was under way.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "Logins",
    params(("Glowband-Client" = Option<ClientMode>, Header,
        description = "Who keeps the refresh token; may be left out where only an access token is brought.")),
    request_body(content = LogoutBody, description = "Native mode only, and not with an access token."),
    responses(
        (status = 204, description = "Logged out.",
            headers(("Set-Cookie" = String, description = "Browser mode: takes the cookie away."))),
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
    whence: Whence,
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
        Some(mode) => presented(mode, &parts.headers, in_body.as_ref())?,
        None => None,
    };
    match refresh_token {
        Some(token) => {
            if let Some(closed) = api.sessions.close_by_token(&token).await? {
                api.audit.note(whence.entry(Event::LoggedOut).user_named(&closed.user_id).session(closed.id)).await;
            }
        }
        // An access token, which has to be good: there is nothing else to know the login by.
        None => {
            let signed_in = SignedIn::from_request_parts(&mut parts, &api).await?;
            if let Some(closed) = api.sessions.close(signed_in.session.id).await? {
                api.audit.note(whence.entry(Event::LoggedOut).user(&signed_in.user.id).session(closed.id)).await;
            }
        }
    }
    Ok(gone(&parts.headers))
}

/// Log out everywhere
///
/// Ends every login of the account, this one included. Personal tokens stay.
#[utoipa::path(
    post,
    path = "/auth/logout-all",
    tag = "Logins",
    responses(
        (status = 204, description = "Logged out everywhere.",
            headers(("Set-Cookie" = String, description = "Where the request has the cookie: takes it away."))),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn logout_all(
    State(api): State<Api>,
    whence: Whence,
    headers: HeaderMap,
    SignedIn { user, .. }: SignedIn,
) -> Result<Response, Problem> {
    let closed = api.sessions.close_all(user.id.as_str(), None).await?;
    let detail = format!("{} sessions", closed.len());
    api.audit.note(whence.entry(Event::LoggedOutEverywhere).user(&user.id).detail(&detail)).await;
    Ok(gone(&headers))
}

/// 204, and no cookie any more.
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
