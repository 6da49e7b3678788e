//! Making an account.

use super::credentials::Credentials;
use super::open_login::LoginContext;
use super::token_response::Tokens;
use crate::api::answers::{BadRequest, Conflict, Forbidden, TooLarge, TooMany, Unavailable, WrongType};
use crate::api::client_info::ClientInfo;
use crate::api::client_mode::ClientMode;
use crate::api::json_body::JsonBody;
use crate::api::problem::Problem;
use crate::api::state::Api;
use crate::audit::Event;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// Register
///
/// Makes an account and logs it in at once, with the same answer as a login.
///
/// An address that has an account is answered 409. Without a letter to its owner there is no way to say less: whoever asks
/// learns that the account exists. That is why registrations are limited per address, and why the setting `registration`
/// can switch them off; then all of them are answered 403 before anything of them is looked at.
#[utoipa::path(
    post,
    path = "/auth/register",
    tag = "Logins",
    params(("Glowband-Client" = ClientMode, Header, description = "Who keeps the refresh token.")),
    request_body = Credentials,
    responses(
        (status = 201, description = "The account was made and is logged in.", body = Tokens,
            headers(("Set-Cookie" = String, description = "Browser mode: the refresh token."))),
        (status = 400, response = BadRequest),
        (status = 403, response = Forbidden),
        (status = 409, response = Conflict),
        (status = 413, response = TooLarge),
        (status = 415, response = WrongType),
        (status = 429, response = TooMany),
        (status = 503, response = Unavailable),
    )
)]
pub(in crate::api) async fn register(
    _: RegistrationIsOpen,
    State(api): State<Api>,
    client_info: ClientInfo,
    mode: ClientMode,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<Credentials>,
) -> Result<Response, Problem> {
    let scope = api.login_scope(asked.scope.as_deref())?;
    api.passwords
        .check(&asked.password, &asked.email)
        .map_err(|problem| Problem::field("password_weak", "password", problem.to_string()))?;
    if let Err(too_many) = api.attempts.registration(client_info.address()) {
        return Err(api.limited(too_many, &client_info).await);
    }
    let stored = api.passwords.hash(asked.password.clone()).await?;
    let Some(user) = api.accounts.create(&asked.email, &stored).await? else {
        let detail = "There is an account with this e-mail address already. Log in instead.";
        return Err(Problem::field("email_taken", "email", detail).with_status(StatusCode::CONFLICT));
    };
    api.keep_address(&user, &client_info).await;
    api.audit.note(client_info.entry(Event::Registered).user(&user.id)).await;
    let context =
        LoginContext { user: &user, asked: &asked, scope, mode, headers: &headers, client_info: &client_info };
    api.open_login(StatusCode::CREATED, context).await
}

/// The setting `registration`, asked before anything of the request is looked at.
pub(in crate::api) struct RegistrationIsOpen;

impl FromRequestParts<Api> for RegistrationIsOpen {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, api: &Api) -> Result<Self, Problem> {
        if api.settings.registration {
            return Ok(Self);
        }
        let detail = "Nobody can register here; accounts are made by whoever runs the server.";
        Err(Problem::new(StatusCode::FORBIDDEN, "registration_closed", detail))
    }
}
