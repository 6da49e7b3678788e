//! A new password.

use crate::accounts::Credentials;
use crate::api::answers::{BadRequest, Conflict, Forbidden, TooLarge, TooMany, Unauthorized, Unavailable, WrongType};
use crate::api::bearer::{SignedIn, session_ended};
use crate::api::fields::{Fields, FromFields};
use crate::api::json_body::JsonBody;
use crate::api::logins::password;
use crate::api::problem::Problem;
use crate::api::state::Api;
use crate::api::whence::Whence;
use crate::audit::Event;
use crate::passwords::{Password, Verdict};
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::ToSchema;

/// The password that is, and the one that is to be.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ChangeOfPassword {
    /// The account's password as it is.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 256,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    current: Password,
    /// The password that it is to have.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 256,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    new: Password,
}

impl FromFields for ChangeOfPassword {
    const NAMES: &'static [&'static str] = &["current", "new"];

    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem> {
        Ok(Self { current: password(fields, "current")?, new: password(fields, "new")? })
    }
}

/// Change the password
///
/// Ends every other login of the account; this one stays. Personal tokens stay too, since machines go by them: list and
/// revoke what is not known any more. Tries at the password that is are limited as logins are.
#[utoipa::path(
    post,
    path = "/auth/password",
    tag = "Account",
    request_body = ChangeOfPassword,
    responses(
        (status = 204, description = "The password is changed, and the other logins are ended."),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 403, response = Forbidden),
        (status = 409, response = Conflict),
        (status = 413, response = TooLarge),
        (status = 415, response = WrongType),
        (status = 429, response = TooMany),
        (status = 503, response = Unavailable),
    ),
    security(("access_token" = []))
)]
pub(in crate::api) async fn change_password(
    State(api): State<Api>,
    whence: Whence,
    SignedIn { user, session, .. }: SignedIn,
    JsonBody(asked): JsonBody<ChangeOfPassword>,
) -> Result<StatusCode, Problem> {
    api.passwords
        .judge(&asked.new, &user.email)
        .map_err(|problem| Problem::field("password_weak", "new", problem.to_string()))?;
    let attempt = api.attempt(&user.email, &whence).await?;
    // Read anew, with the hash: what the token's row said may be older than another change of the password.
    let found = match api.accounts.credentials(&user.id).await {
        Ok(found) => found,
        Err(error) => {
            attempt.was_not_judged();
            return Err(error.into());
        }
    };
    let (user, stored) = found.map(|Credentials { user, password }| (user, password)).ok_or_else(session_ended)?;
    match api.passwords.verify(asked.current, Some(stored)).await {
        Ok(Verdict::Right { .. }) => attempt.succeeded(),
        Ok(Verdict::Wrong) => {
            drop(attempt);
            api.audit.note(whence.entry(Event::PasswordChangeFailed).user(&user.id)).await;
            let detail = "The current password is wrong.";
            return Err(Problem::field("wrong_password", "current", detail).with_status(StatusCode::FORBIDDEN));
        }
        Err(error) => {
            attempt.was_not_judged();
            return Err(error.into());
        }
    }
    let stored = api.passwords.hash(asked.new).await?;
    if api.accounts.set_password(&user.id, Some(user.epoch), &stored).await?.is_none() {
        let detail = "The account was changed at the same moment. Log in again.";
        return Err(Problem::new(StatusCode::CONFLICT, "changed_meanwhile", detail));
    }
    let closed = api.sessions.close_all(user.id.as_str(), Some(session.id)).await?;
    let detail = format!("{} other sessions ended", closed.len());
    api.audit.note(whence.entry(Event::PasswordChanged).user(&user.id).session(session.id).detail(&detail)).await;
    Ok(StatusCode::NO_CONTENT)
}
