//! Creates accounts.

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

/// Register an account
///
/// Creates an account and starts a session. The response is the same as for a login.
///
/// If the e-mail address already has an account, the response is 409. A client can therefore find out which addresses have
/// accounts. Registrations are limited per client address for this reason. If the setting `registration` is off, every
/// registration is answered 403.
#[utoipa::path(
    post,
    path = "/auth/register",
    tag = "Logins",
    params(("Glowband-Client" = ClientMode, Header, description = "Where the client keeps the refresh token.")),
    request_body = Credentials,
    responses(
        (status = 201, description = "The account is created and a session is started.", body = Tokens,
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
        let detail = "An account with this e-mail address already exists. Log in instead.";
        return Err(Problem::field("email_taken", "email", detail).with_status(StatusCode::CONFLICT));
    };
    api.keep_address(&user, &client_info).await;
    api.audit.note(client_info.entry(Event::Registered).user(&user.id)).await;
    let context =
        LoginContext { user: &user, asked: &asked, scope, mode, headers: &headers, client_info: &client_info };
    api.open_login(StatusCode::CREATED, context).await
}

/// Refuses the request if the setting `registration` is off, before its body is read.
pub(in crate::api) struct RegistrationIsOpen;

impl FromRequestParts<Api> for RegistrationIsOpen {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, api: &Api) -> Result<Self, Problem> {
        if api.settings.registration {
            return Ok(Self);
        }
        let detail = "Registration is switched off on this server. An administrator creates accounts.";
        Err(Problem::new(StatusCode::FORBIDDEN, "registration_closed", detail))
    }
}
