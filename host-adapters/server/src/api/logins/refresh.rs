//! Exchanges a refresh token for the next tokens.

use super::credentials::client_name;
use super::refresh_body::RefreshBody;
use super::token_response::{NoOwner, TokenResponse, Tokens};
use crate::api::answers::{BadRequest, Forbidden, TooLarge, Unauthorized, Unavailable, WrongType};
use crate::api::client_info::ClientInfo;
use crate::api::client_mode::ClientMode;
use crate::api::json_body::OptionalJsonBody;
use crate::api::problem::Problem;
use crate::api::refresh_cookie;
use crate::api::state::Api;
use crate::audit::Event;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use glowband_session::{How, Presented, RefreshError, Refused};
use tokio::time::Instant;
use zeroize::Zeroizing;

/// Refresh the tokens
///
/// Returns a new access token and a new refresh token. The new refresh token replaces the old one, in the cookie or in the
/// body.
///
/// For a short time (setting `replay-window`) the old refresh token returns the same new refresh token again. A lost
/// response or two tabs that refresh at the same time therefore do no harm. If the server could not store the rotation or
/// deliver the response in time, this holds until a response is delivered.
///
/// After that time, or with an even older refresh token, the server ends the session, because the token may be stolen.
///
/// Only a 401 with the name `invalid_grant` means that the session has ended. After a 503 the client keeps its tokens and
/// retries. The cookie is deleted only if the server knows that the session has ended.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "Logins",
    params(("Glowband-Client" = ClientMode, Header, description = "Who keeps the refresh token.")),
    request_body(content = RefreshBody, description = "Required in native mode only."),
    responses(
        (status = 200, description = "The next tokens.", body = Tokens,
            headers(("Set-Cookie" = String, description = "Browser mode: the next refresh token."))),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 413, response = TooLarge),
        (status = 415, response = WrongType),
        (status = 503, response = Unavailable),
    ),
    security(("refresh_cookie" = []), ())
)]
pub(in crate::api) async fn refresh(
    State(api): State<Api>,
    client_info: ClientInfo,
    mode: ClientMode,
    headers: HeaderMap,
    OptionalJsonBody(asked): OptionalJsonBody<RefreshBody>,
) -> Result<Response, Problem> {
    let since = Instant::now();
    let asked = asked.unwrap_or_default();
    let token = presented(mode, &headers, asked.refresh_token.as_ref())?.ok_or_else(missing)?;
    let client = client_name(asked.client.as_deref(), mode);
    // Everything that can fail comes before the rotation. If a later step failed, the client would keep the old refresh
    // token, which works only within the reuse grace period.
    let presented = match api.sessions.present(&token).await {
        Ok(presented) => presented,
        Err(error) => return Err(api.refused(error, mode, &client_info).await),
    };
    let Some(user) = api.enabled_user(&presented.session().user_id).await? else {
        return Err(api.without_user(&presented, mode).await?);
    };
    let opaque = if presented.alive() && presented.session().client == client {
        match api.prepare(presented.session(), presented.now(), asked.access_token).await? {
            Ok(opaque) => opaque,
            Err(NoOwner) => return Err(api.without_user(&presented, mode).await?),
        }
    } else {
        None
    };
    let refreshed = match presented.rotate(client).await {
        Ok(refreshed) => refreshed,
        Err(error) => {
            api.settle_doubts();
            return Err(api.refused(error, mode, &client_info).await);
        }
    };
    if refreshed.how == How::FastForwarded {
        api.audit.note(client_info.entry(Event::FastForwarded).user(&user.id).session(refreshed.session.id)).await;
    }
    let delivery = TokenResponse { status: StatusCode::OK, mode, opaque, nonce: None };
    match api.respond_with_tokens(&refreshed, &user, delivery).await {
        Ok(response) => Ok(api.watched(response, refreshed, since)),
        Err(problem) => {
            // The token was rotated, but the client does not get the new one.
            api.sessions.doubt(&refreshed);
            api.settle_doubts();
            Err(problem)
        }
    }
}

/// Returns the refresh token of a request: from the cookie in browser mode, from the body in native mode.
pub(super) fn presented(
    mode: ClientMode,
    headers: &HeaderMap,
    in_body: Option<&Zeroizing<String>>,
) -> Result<Option<Zeroizing<String>>, Problem> {
    match (mode, in_body) {
        (ClientMode::Browser, None) => Ok(refresh_cookie::of(headers)?.map(|token| Zeroizing::new(token.to_owned()))),
        (ClientMode::Native, token) => Ok(token.cloned()),
        (ClientMode::Browser, Some(_)) => Err(Problem::field(
            "refresh_token_in_body",
            "refresh_token",
            "refresh_token is not allowed in browser mode; the refresh token must be in the cookie __Host-gb_refresh.",
        )),
    }
}

/// Returns the same 401 name as for an unknown token.
fn missing() -> Problem {
    let detail = "The refresh token is missing. Send the cookie __Host-gb_refresh in browser mode, or refresh_token in native mode.";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_grant", detail)
}

/// Returns one error for all reasons, so that an attacker learns nothing. The audit log has the reason.
fn invalid_grant() -> Problem {
    let detail = "The refresh token is invalid, expired or revoked. Log in again.";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_grant", detail)
}

impl Api {
    /// Ends a session whose user is disabled or deleted. Returns the answer.
    async fn without_user(&self, presented: &Presented, mode: ClientMode) -> Result<Problem, Problem> {
        self.sessions.close(presented.session().id).await?;
        Ok(without_cookie(invalid_grant(), mode))
    }

    /// Converts a failed refresh to its error response, and writes reuse to the audit log.
    async fn refused(&self, error: RefreshError, mode: ClientMode, client_info: &ClientInfo) -> Problem {
        let ends = error.ends_session();
        match error {
            RefreshError::Refused { why, session } => {
                if why == Refused::Reuse
                    && let Some(session) = &session
                {
                    let entry =
                        client_info.entry(Event::ReuseDetected).user_named(&session.user_id).session(session.id);
                    self.audit.note(entry).await;
                }
                if ends { without_cookie(invalid_grant(), mode) } else { invalid_grant() }
            }
            RefreshError::Store(error) => error.into(),
            RefreshError::KeyMissing(id) => {
                tracing::error!(id, "refresh token uses a secret that this server does not have");
                Problem::internal()
            }
        }
    }
}

/// Deletes the cookie of a browser whose session has ended.
fn without_cookie(problem: Problem, mode: ClientMode) -> Problem {
    match (mode, refresh_cookie::cleared()) {
        (ClientMode::Browser, Some(cookie)) => problem.header(SET_COOKIE, cookie),
        _ => problem,
    }
}
