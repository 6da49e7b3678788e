//! `glowband users list`: lists the accounts.

use super::List;
use crate::list_output::{ListOutput, date};
use crate::operator::with_database;
use crate::{Outcome, Stop};
use glowband_server::admin::Password;
use glowband_server::admin::{After, MissingDatabase, User};
use serde::Serialize;

/// Users per database query.
const PAGE: u32 = 500;

pub(super) fn run(arguments: &List) -> Result<Outcome, Stop> {
    with_database(&arguments.place, "users list", MissingDatabase::Refuse, async |operator| {
        let mut shown = ListOutput::new(arguments.output.json);
        shown.heading(&format!("{:22}  {:20}  {:8}  e-mail", "id", "created", "state"))?;
        let mut after = None;
        loop {
            let page = operator.accounts.list(after, PAGE).await.map_err(|error| operator.failed(&error))?;
            for user in &page {
                shown.line(&Listed::of(user), || {
                    let state = if user.disabled_at.is_some() { "disabled" } else { "enabled" };
                    format!("{:22}  {:20}  {state:8}  {}", user.id, date(user.created_at), user.email)
                })?;
            }
            after = page.last().map(After::from);
            if after.is_none() {
                break;
            }
        }
        shown.end()?;
        Ok(Outcome::AllGood)
    })
}

/// A user as JSON; times are in seconds since 1970.
#[derive(Serialize)]
pub(super) struct Listed<'u> {
    id: &'u str,
    email: &'u str,
    created_at: u64,
    password_changed_at: u64,
    disabled_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<&'u str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logins_ended: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_revoked: Option<u64>,
}

impl<'u> Listed<'u> {
    pub(super) fn of(user: &'u User) -> Self {
        Self {
            id: user.id.as_str(),
            email: user.email.as_str(),
            created_at: user.created_at.seconds(),
            password_changed_at: user.password_changed_at.seconds(),
            disabled_at: user.disabled_at.map(|at| at.seconds()),
            password: None,
            logins_ended: None,
            tokens_revoked: None,
        }
    }

    /// Adds the generated password.
    pub(super) fn with_password(self, password: Option<&'u Password>) -> Self {
        Self { password: password.map(Password::reveal), ..self }
    }

    pub(super) fn with_ended(self, logins: usize, tokens: Option<u64>) -> Self {
        Self { logins_ended: Some(logins), tokens_revoked: tokens, ..self }
    }
}
