//! `glowband users`: accounts, made and ended by whoever runs the server.

mod add;
mod change;
mod list;

use super::operator::{Who, who};
use super::{Outcome, Stop};
use crate::flags::DatabaseFlags;
use clap::Subcommand;
use glowband_server::admin::Email;

/// Add, list, disable and delete users, and set their passwords
#[derive(clap::Args)]
#[command(after_help = "\
They work on the database of glowband serve, which may be running, and find it by the same
settings. Passwords are typed, read from standard input, or generated; never given as a flag.

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
    /// End all logins of a user, and accept no more, nor personal tokens
    Disable(Named),
    /// Accept logins and personal tokens of a disabled user again
    Enable(Named),
    ResetPassword(ResetPassword),
    Delete(Delete),
}

/// Make an account
///
/// The password is asked for on a terminal, or read as one line from standard input.
#[derive(clap::Args)]
struct Add {
    /// The e-mail address to log in with
    #[arg(value_name = "EMAIL", value_parser = email)]
    email: Email,
    /// Make a password and print it, this once
    #[arg(long)]
    generate: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// List all users, the oldest first
#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

#[derive(clap::Args)]
struct Named {
    /// An e-mail address or user id
    #[arg(value_name = "USER", value_parser = who)]
    user: Who,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// Set a new password, and end all logins
///
/// The password is asked for on a terminal, or read as one line from standard input.
#[derive(clap::Args)]
struct ResetPassword {
    /// An e-mail address or user id
    #[arg(value_name = "USER", value_parser = who)]
    user: Who,
    /// Make a password and print it, this once
    #[arg(long)]
    generate: bool,
    /// Revoke the user's personal tokens too
    #[arg(long)]
    revoke_tokens: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// Delete an account with its tokens, and end all logins
///
/// The audit log keeps what has happened, by the user's id.
#[derive(clap::Args)]
struct Delete {
    /// An e-mail address or user id
    #[arg(value_name = "USER", value_parser = who)]
    user: Who,
    /// Yes: it cannot be undone
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: DatabaseFlags,
}

#[derive(clap::Args)]
struct Output {
    /// Print an object a line, for programs
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
