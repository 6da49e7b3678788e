//! `glowband users`: creates, lists, changes and deletes accounts.

mod add;
mod change;
mod list;

use super::operator::{UserRef, user_ref};
use super::{Outcome, Stop};
use crate::flags::DatabaseFlags;
use clap::Subcommand;
use glowband_server::admin::Email;

/// Add, list, disable, enable and delete users, and reset their passwords
#[derive(clap::Args)]
#[command(after_help = "\
These commands change the database of glowband serve. They find it by the same settings as
the server, which may be running.

A password is typed on the terminal, read from standard input, or generated. There is no
flag for it, because other users of the machine could read it in the list of processes.

Examples:
  glowband users add jane@example.org
  glowband users add jane@example.org --generate --json | jq -r .password
  glowband users reset-password jane@example.org < password.txt
  glowband users disable jane@example.org
  glowband users list --json --database postgres://glowband@db/glowband")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(Add),
    List(List),
    /// Disable a user: end all logins, and refuse new logins and personal tokens
    Disable(Named),
    /// Enable a disabled user: accept logins and personal tokens again
    Enable(Named),
    ResetPassword(ResetPassword),
    Delete(Delete),
}

/// Add a user
///
/// The password is typed on the terminal, or read from standard input as one line.
#[derive(clap::Args)]
struct Add {
    /// The e-mail address that the user logs in with
    #[arg(value_name = "EMAIL", value_parser = email)]
    email: Email,
    /// Generate a password and print it; it cannot be printed again
    #[arg(long)]
    generate: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// List all users, the oldest account first
#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

#[derive(clap::Args)]
struct Named {
    /// The user: an e-mail address or a user id
    #[arg(value_name = "USER", value_parser = user_ref)]
    user: UserRef,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// Set a new password and end all logins of a user
///
/// The password is typed on the terminal, or read from standard input as one line.
#[derive(clap::Args)]
struct ResetPassword {
    /// The user: an e-mail address or a user id
    #[arg(value_name = "USER", value_parser = user_ref)]
    user: UserRef,
    /// Generate a password and print it; it cannot be printed again
    #[arg(long)]
    generate: bool,
    /// Also revoke the user's personal tokens
    #[arg(long)]
    revoke_tokens: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// Delete a user with all logins and personal tokens
///
/// The audit log keeps its entries about the user, with the user's id.
#[derive(clap::Args)]
struct Delete {
    /// The user: an e-mail address or a user id
    #[arg(value_name = "USER", value_parser = user_ref)]
    user: UserRef,
    /// Confirm the deletion, which cannot be undone
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

#[derive(clap::Args)]
struct Output {
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::Add(arguments) => add::run(arguments),
        Command::List(arguments) => list::run(arguments),
        Command::Disable(arguments) => change::disable(arguments),
        Command::Enable(arguments) => change::enable(arguments),
        Command::ResetPassword(arguments) => change::reset_password(arguments),
        Command::Delete(arguments) => change::delete(arguments),
    }
}

fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|error| error.to_string())
}
