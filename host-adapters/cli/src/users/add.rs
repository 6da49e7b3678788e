//! `glowband users add`: creates an account.

use super::Add;
use super::list::Listed;
use crate::list_output::ListOutput;
use crate::operator::{Operator, with_database};
use crate::{Outcome, Stop, new_password, print_message};
use glowband_server::admin::Email;
use glowband_server::admin::Event;
use glowband_server::admin::{MissingDatabase, Password, StoredPassword};

pub(super) fn run(arguments: &Add) -> Result<Outcome, Stop> {
    let Add { email, generate, output, place } = arguments;
    with_database(place, "users add", MissingDatabase::Create, async |operator| {
        // Checked before the password is read, so that the user does not type one in vain.
        let taken = operator.accounts.find_by_email(email).await.map_err(|error| operator.failed(&error))?;
        if taken.is_some() {
            return Ok(already(email));
        }
        let Some((password, stored)) = password(operator, email, *generate).await? else {
            return Ok(Outcome::Refused);
        };
        let user = operator.accounts.create(email, &stored).await.map_err(|error| operator.failed(&error))?;
        let Some(user) = user else { return Ok(already(email)) };
        operator.record(operator.entry(Event::UserAdded).user(&user.id)).await?;
        let listed = Listed::of(&user).with_password(generate.then_some(&password));
        let mut shown = ListOutput::new(output.json);
        shown.line(&listed, || match listed.password {
            Some(password) => format!("{email} was added; the password is printed only this once: {password}"),
            None => format!("{email} was added"),
        })?;
        shown.end()?;
        Ok(Outcome::AllGood)
    })
}

fn already(email: &Email) -> Outcome {
    print_message("refused", &format!("{email}: there is already an account with this address"));
    Outcome::Refused
}

/// Reads or generates a password and hashes it. If the password is not allowed, prints why and returns `None`.
pub(super) async fn password(
    operator: &Operator,
    email: &Email,
    generate: bool,
) -> Result<Option<(Password, StoredPassword)>, Stop> {
    let passwords =
        glowband_server::admin::passwords(&operator.settings).map_err(|error| Stop::Usage(error.to_string()))?;
    let password = if generate { new_password::generate()? } else { new_password::read(email.as_str())? };
    if let Err(problem) = passwords.check(&password, email) {
        print_message("refused", &problem.to_string());
        return Ok(None);
    }
    let stored = passwords.hash(password.clone()).await.map_err(|error| Stop::Usage(error.to_string()))?;
    Ok(Some((password, stored)))
}
