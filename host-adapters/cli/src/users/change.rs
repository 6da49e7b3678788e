//! `glowband users disable|enable|reset-password|delete`: changes an account.
//!
//! Each command changes the account before it ends the logins, so that a login that starts meanwhile is refused or ended.
//! If ending the logins fails, the error asks the user to run the command again.

use super::add::password;
use super::list::Listed;
use super::{Delete, Named, ResetPassword};
use crate::list_output::ListOutput;
use crate::operator::{NOT_FOUND, logins, with_database};
use crate::{Outcome, Stop};
use glowband_server::admin::{Event, MissingDatabase};

pub(super) fn disable(arguments: &Named) -> Result<Outcome, Stop> {
    with_database(&arguments.place, "users disable", MissingDatabase::Refuse, async |operator| {
        let Some(user) = operator.user(&arguments.user).await? else { return Ok(NOT_FOUND) };
        let changed = operator.accounts.disable(&user.id).await.map_err(|error| operator.failed(&error))?;
        let user = changed.unwrap_or(user);
        let ended = operator.end_sessions(&user).await?;
        let ended_in_words = format!("{} ended", logins(ended));
        operator.record(operator.entry(Event::UserDisabled).user(&user.id).detail(&ended_in_words)).await?;
        show(arguments.output.json, &Listed::of(&user).with_ended(ended, None), || {
            format!("{} was disabled; {ended_in_words}", user.email)
        })
    })
}

pub(super) fn enable(arguments: &Named) -> Result<Outcome, Stop> {
    with_database(&arguments.place, "users enable", MissingDatabase::Refuse, async |operator| {
        let Some(user) = operator.user(&arguments.user).await? else { return Ok(NOT_FOUND) };
        let changed = operator.accounts.enable(&user.id).await.map_err(|error| operator.failed(&error))?;
        let user = changed.unwrap_or(user);
        operator.record(operator.entry(Event::UserEnabled).user(&user.id)).await?;
        show(arguments.output.json, &Listed::of(&user), || format!("{} was enabled", user.email))
    })
}

pub(super) fn reset_password(arguments: &ResetPassword) -> Result<Outcome, Stop> {
    let ResetPassword { user, generate, revoke_tokens, output, place } = arguments;
    with_database(place, "users reset-password", MissingDatabase::Refuse, async |operator| {
        let Some(user) = operator.user(user).await? else { return Ok(NOT_FOUND) };
        let Some((password, stored)) = password(operator, &user.email, *generate).await? else {
            return Ok(Outcome::Refused);
        };
        let changed = operator.accounts.set_password(&user.id, &stored).await;
        let user = changed.map_err(|error| operator.failed(&error))?.unwrap_or(user);
        let ended = operator.end_sessions(&user).await?;
        let tokens = if *revoke_tokens {
            Some(operator.tokens.revoke_all(&user.id).await.map_err(|error| operator.failed(&error))?)
        } else {
            None
        };
        let mut in_words = format!("{} ended", logins(ended));
        if let Some(tokens) = tokens {
            in_words.push_str(&format!(", {tokens} personal tokens revoked"));
        }
        operator.record(operator.entry(Event::PasswordReset).user(&user.id).detail(&in_words)).await?;
        let listed = Listed::of(&user).with_ended(ended, tokens).with_password(generate.then_some(&password));
        show(output.json, &listed, || match listed.password {
            Some(password) => {
                format!(
                    "{} has a new password; {in_words}; the password is printed only this once: {password}",
                    user.email
                )
            }
            None => format!("{} has a new password; {in_words}", user.email),
        })
    })
}

pub(super) fn delete(arguments: &Delete) -> Result<Outcome, Stop> {
    with_database(&arguments.place, "users delete", MissingDatabase::Refuse, async |operator| {
        let Some(user) = operator.user(&arguments.user).await? else { return Ok(NOT_FOUND) };
        if !arguments.yes {
            let text = format!("{}: deleting the account cannot be undone; add --yes to confirm", user.email);
            return Err(Stop::Usage(text));
        }
        // Disabled first, so that no login starts after the logins were ended.
        operator.accounts.disable(&user.id).await.map_err(|error| operator.failed(&error))?;
        let ended = operator.end_sessions(&user).await?;
        operator.accounts.delete(&user.id).await.map_err(|error| operator.failed(&error))?;
        let ended_in_words = format!("{} ended", logins(ended));
        operator.record(operator.entry(Event::UserDeleted).user(&user.id).detail(&ended_in_words)).await?;
        show(arguments.output.json, &Listed::of(&user).with_ended(ended, None), || {
            format!("{} was deleted; {ended_in_words}", user.email)
        })
    })
}

fn show(json: bool, listed: &Listed<'_>, in_words: impl FnOnce() -> String) -> Result<Outcome, Stop> {
    let mut shown = ListOutput::new(json);
    shown.line(listed, in_words)?;
    shown.end()?;
    Ok(Outcome::AllGood)
}
