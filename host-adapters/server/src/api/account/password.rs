//! A new password.

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
    /// Whether the account's personal tokens are revoked as well.
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
/// Ends every other login of the account; this one stays. Personal tokens stay too, since machines go by them, unless
/// `revoke_tokens` is true: a person who knew the password may have made one. Wrong current passwords count against the login
/// rate limit.
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
    client_info: ClientInfo,
    SignedIn { login, .. }: SignedIn,
    JsonBody(asked): JsonBody<ChangeOfPassword>,
) -> Result<StatusCode, Problem> {
    let user = login.user();
    // The body may have taken its time, and what follows takes more. The act below decides; this saves the work.
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
            attempt.was_not_judged();
            return Err(error.into());
        }
    };
    // The epoch says that this is the password which the login began with. The act below compares it once more.
    let stored = match found {
        Some(Credentials { user: now, password }) if now.epoch == user.epoch => password,
        found => {
            attempt.was_not_judged();
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
            attempt.was_not_judged();
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
    // The password was right, as at a login: so the owner is known at this address from now on.
    api.keep_address(user, &client_info).await;
    let detail = format!("{ended} other sessions ended, {tokens} personal tokens revoked");
    let entry = client_info.entry(Event::PasswordChanged).user(&user.id).session(login.session_id());
    api.audit.note(entry.detail(&detail)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Of two changes at once, the later one is told this.
fn changed_meanwhile() -> Problem {
    let detail = "The account was changed at the same moment. Log in again.";
    Problem::new(StatusCode::CONFLICT, "changed_meanwhile", detail)
}
