//! Logs users in.

use super::credentials::Credentials;
use super::open_login::{LoginContext, invalid_credentials};
use super::token_response::Tokens;
use crate::accounts;
use crate::api::answers::{BadRequest, Forbidden, TooLarge, TooMany, Unauthorized, Unavailable, WrongType};
use crate::api::client_info::ClientInfo;
use crate::api::client_mode::ClientMode;
use crate::api::json_body::JsonBody;
use crate::api::problem::Problem;
use crate::api::state::Api;
use crate::audit::Event;
use crate::metrics::LoginOutcome;
use crate::passwords::Verdict;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// Log in
///
/// Starts a session and returns its tokens. In browser mode the refresh token is in the cookie `__Host-gb_refresh`, and the
/// session of a previous cookie is ended. In native mode the refresh token is in the body.
///
/// A wrong password, an unknown e-mail address and a disabled account get the same response after the same time.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "Logins",
    params(("Glowband-Client" = ClientMode, Header, description = "Where the client keeps the refresh token.")),
    request_body = Credentials,
    responses(
        (status = 200, description = "The session is started.", body = Tokens,
            headers(("Set-Cookie" = String, description = "Browser mode: the refresh token."))),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 413, response = TooLarge),
        (status = 415, response = WrongType),
        (status = 429, response = TooMany),
        (status = 503, response = Unavailable),
    )
)]
pub(in crate::api) async fn login(
    State(api): State<Api>,
    client_info: ClientInfo,
    mode: ClientMode,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<Credentials>,
) -> Result<Response, Problem> {
    let admitted = api.log_in(&asked, &client_info, mode, &headers).await;
    let outcome = match &admitted {
        Ok(_) => Some(LoginOutcome::Accepted),
        Err(problem) => match (problem.status(), problem.name()) {
            (StatusCode::UNAUTHORIZED, _) => Some(LoginOutcome::Refused),
            (StatusCode::TOO_MANY_REQUESTS, _) => Some(LoginOutcome::Limited),
            (_, "busy") => Some(LoginOutcome::Busy),
            (status, _) if status.is_server_error() => Some(LoginOutcome::Failed),
            // No password was checked.
            _ => None,
        },
    };
    outcome.into_iter().for_each(|outcome| api.metrics.login(outcome));
    admitted
}

impl Api {
    async fn log_in(
        &self,
        asked: &Credentials,
        client_info: &ClientInfo,
        mode: ClientMode,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let scope = self.login_scope(asked.scope.as_deref())?;
        let attempt = self.attempt(&asked.email, client_info).await?;
        // If the server fails before the password is checked, the attempt does not count.
        let found = match self.accounts.find_by_email(&asked.email).await {
            Ok(found) => found,
            Err(error) => {
                attempt.was_not_checked();
                return Err(error.into());
            }
        };
        let (user, stored) = found.map(|accounts::Credentials { user, password }| (user, password)).unzip();
        let verdict = match self.passwords.verify(asked.password.clone(), stored.clone()).await {
            Ok(verdict) => verdict,
            Err(error) => {
                attempt.was_not_checked();
                return Err(error.into());
            }
        };
        let (user, better) = match (user, verdict) {
            (Some(user), Verdict::Right { better }) if user.disabled_at.is_none() => (user, better),
            (user, _) => {
                // A dropped attempt counts as failed.
                drop(attempt);
                let entry = client_info.entry(Event::LoginFailed);
                self.audit
                    .note(match user {
                        Some(user) => entry.user(&user.id),
                        None => entry,
                    })
                    .await;
                return Err(invalid_credentials());
            }
        };
        attempt.succeeded();
        self.keep_address(&user, client_info).await;
        if let (Some(better), Some(stored)) = (better, stored)
            && let Err(error) = self.accounts.rehash(&user.id, &stored, &better).await
        {
            tracing::warn!(%error, "failed to store a password hash with the current cost; the next login retries");
        }
        let context = LoginContext { user: &user, asked, scope, mode, headers, client_info };
        self.open_login(StatusCode::OK, context).await
    }
}
