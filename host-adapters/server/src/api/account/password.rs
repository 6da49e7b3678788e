//! Changes the password of the account.

use crate::accounts::{Accounts, Credentials};
use crate::api::answers::{BadRequest, Conflict, Forbidden, TooLarge, TooMany, Unauthorized, Unavailable, WrongType};
use crate::api::bearer::{SignedIn, session_ended};
use crate::api::client_info::ClientInfo;
use crate::api::fields::{Fields, FromFields};
use crate::api::json_body::JsonBody;
use crate::api::logins::password;
use crate::api::problem::Problem;
use crate::api::state::Api;
use crate::audit::Event;
use crate::live_login::{Ends, LiveLogin, NotLive};
use crate::passwords::{Password, Verdict};
use crate::personal_tokens::PersonalTokens;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::ToSchema;

/// The current password and the new one.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ChangeOfPassword {
    /// The current password.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 256,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    current: Password,
    /// The new password.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 256,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    new: Password,
    /// Whether to revoke all personal tokens of the account. Default: false.
    #[serde(default)]
    revoke_tokens: bool,
}

impl FromFields for ChangeOfPassword {
    const NAMES: &'static [&'static str] = &["current", "new", "revoke_tokens"];

    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem> {
        Ok(Self {
            current: password(fields, "current")?,
            new: password(fields, "new")?,
            revoke_tokens: fields.flag("revoke_tokens")?,
        })
    }
}

/// Change the password
///
/// Ends all other sessions of the account; the session of this request stays open. Personal tokens stay valid unless
/// `revoke_tokens` is true. Set it if another person knew the old password, because that person may have created a token.
///
/// Wrong current passwords count against the login rate limit.
#[utoipa::path(
    post,
    path = "/auth/password",
    tag = "Account",
    request_body = ChangeOfPassword,
    responses(
        (status = 204, description = "The password is changed and the other sessions are ended."),
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
    client_info: ClientInfo,
    SignedIn { login, .. }: SignedIn,
    JsonBody(asked): JsonBody<ChangeOfPassword>,
) -> Result<StatusCode, Problem> {
    let user = login.user();
    // The session may have ended while the body arrived. The act below decides; this check avoids useless work.
    match LiveLogin::find(&api.storage, login.session_id(), &user.id).await? {
        Some(now) if now.user().epoch == user.epoch => {}
        Some(_) => return Err(changed_meanwhile()),
        None => return Err(session_ended()),
    }
    api.passwords
        .check(&asked.new, &user.email)
        .map_err(|problem| Problem::field("password_weak", "new", problem.to_string()))?;
    let attempt = api.attempt(&user.email, &client_info).await?;
    let found = match api.accounts.credentials(&user.id).await {
        Ok(found) => found,
        Err(error) => {
            attempt.was_not_checked();
            return Err(error.into());
        }
    };
    // An equal epoch means that the password did not change since the session started. The act below compares it again.
    let stored = match found {
        Some(Credentials { user: now, password }) if now.epoch == user.epoch => password,
        found => {
            attempt.was_not_checked();
            return Err(if found.is_some() { changed_meanwhile() } else { session_ended() });
        }
    };
    match api.passwords.verify(asked.current, Some(stored)).await {
        Ok(Verdict::Right { .. }) => attempt.succeeded(),
        Ok(Verdict::Wrong) => {
            drop(attempt);
            api.audit.note(client_info.entry(Event::PasswordChangeFailed).user(&user.id)).await;
            let detail = "The current password is wrong.";
            return Err(Problem::field("wrong_password", "current", detail).with_status(StatusCode::FORBIDDEN));
        }
        Err(error) => {
            attempt.was_not_checked();
            return Err(error.into());
        }
    }
    let stored = api.passwords.hash(asked.new).await?;
    let mut act = match login.act(&api.storage, Ends::All).await {
        Err(NotLive::Changed) => return Err(changed_meanwhile()),
        begun => begun?,
    };
    Accounts::change_password(&mut act, &stored).await?;
    let tokens = if asked.revoke_tokens { PersonalTokens::revoke_all_in(&mut act).await? } else { 0 };
    let ended = act.end_others().await?;
    act.commit().await?;
    // The password was right, so this address becomes a known address of the account, as at a login.
    api.keep_address(user, &client_info).await;
    let detail = format!("{ended} other sessions ended, {tokens} personal tokens revoked");
    let entry = client_info.entry(Event::PasswordChanged).user(&user.id).session(login.session_id());
    api.audit.note(entry.detail(&detail)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the error of the later one of two concurrent changes.
fn changed_meanwhile() -> Problem {
    let detail = "Another request changed the account at the same time. Log in again.";
    Problem::new(StatusCode::CONFLICT, "changed_meanwhile", detail)
}
