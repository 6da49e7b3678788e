#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
//!
//! # The crate
//!
//! The command line: `serve`, `users`, `sessions`, `audit`, `verify`, `inspect`, `sign`, `keys`, `door`, `forward-auth`, `completions`.
//!
//! Exit codes: 0 all is good, 1 something was refused, 2 the command could not be carried out as it was given;
//! 75 (EX_TEMPFAIL of sysexits.h) a server cannot begin now, and may later.

#[cfg(all(feature = "serve", not(unix)))]
compile_error!("`glowband serve` needs a Unix system. On this one: cargo build -p glowband --no-default-features");
#[cfg(all(feature = "door", not(unix)))]
compile_error!("`glowband door` needs a Unix system. On this one: cargo build -p glowband --no-default-features");

#[cfg(feature = "serve")]
mod audit;
mod batch;
mod completions;
mod current_keys;
#[cfg(feature = "door")]
mod door;
mod expectations;
#[cfg(feature = "serve")]
mod flags;
#[cfg(feature = "forward-auth")]
mod forward_auth;
#[cfg(all(feature = "serve", unix))]
mod hidden_line;
mod inspect;
mod key_file;
mod keys;
#[cfg(feature = "serve")]
mod list_output;
#[cfg(feature = "listener")]
mod listener;
#[cfg(feature = "serve")]
mod new_password;
#[cfg(feature = "serve")]
mod operator;
mod policy_settings;
mod remote_keys;
mod report;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "serve")]
mod sessions;
mod sign;
#[cfg(feature = "listener")]
mod signals;
#[cfg(feature = "serve")]
mod users;
mod verdict;
mod verify;

use clap::error::ErrorKind as ClapErrorKind;
use clap::{Parser, Subcommand};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "glowband",
    version,
    about = "Verifies, inspects and signs JSON Web Tokens",
    long_about = "\
Verifies, inspects and signs JSON Web Tokens (RFC 7519), strictly: every refusal has a
number and a name, the same in every language that Glowband speaks.",
    after_help = "\
Exit codes:
  0  all tokens are good
  1  at least one was refused
  2  wrong usage: an unknown flag, a file that cannot be read, a key that cannot be used
  75 a server cannot start yet: its database is not available, its address is in use

Examples:
  glowband verify --jwks jwks.json --iss https://id.example --aud door-42 \"$TOKEN\"
  glowband inspect \"$TOKEN\"
  glowband keys generate --out issuer.jwk > issuer.public.jwk
  glowband sign --key issuer.jwk --sub alice --expires-in 10m"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(feature = "serve")]
    Serve(serve::Arguments),
    #[cfg(feature = "serve")]
    Users(users::Arguments),
    #[cfg(feature = "serve")]
    Sessions(sessions::Arguments),
    #[cfg(feature = "serve")]
    Audit(audit::Arguments),
    Verify(verify::Arguments),
    Inspect(inspect::Arguments),
    Sign(sign::Arguments),
    Keys(keys::Arguments),
    #[cfg(feature = "door")]
    Door(door::Arguments),
    #[cfg(feature = "forward-auth")]
    ForwardAuth(forward_auth::Arguments),
    Completions(completions::Arguments),
}

/// For whoever starts servers again (sysexits.h).
#[cfg(feature = "listener")]
const EX_TEMPFAIL: u8 = 75;

/// Carries out the command line of this process, and says with which code to exit.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Where a help text is printed, a reader may have gone away; there is nobody left to tell.
            let _ = error.print();
            let asked_for = matches!(error.kind(), ClapErrorKind::DisplayHelp | ClapErrorKind::DisplayVersion);
            return if asked_for { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    let done = match cli.command {
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(&arguments),
        #[cfg(feature = "serve")]
        Command::Users(arguments) => users::run(&arguments),
        #[cfg(feature = "serve")]
        Command::Sessions(arguments) => sessions::run(&arguments),
        #[cfg(feature = "serve")]
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Keys(arguments) => keys::run(&arguments),
        #[cfg(feature = "door")]
        Command::Door(arguments) => door::run(&arguments),
        #[cfg(feature = "forward-auth")]
        Command::ForwardAuth(arguments) => forward_auth::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    match done {
        Ok(Outcome::AllGood) => ExitCode::SUCCESS,
        // Whoever closed the pipe has seen enough, but not everything was found good.
        Ok(Outcome::Refused) | Err(Stop::ReaderGone) => ExitCode::from(1),
        Err(Stop::Usage(message)) => {
            complain("error", &message);
            ExitCode::from(2)
        }
        #[cfg(feature = "listener")]
        Err(Stop::Temporary(message)) => {
            complain("error", &message);
            ExitCode::from(EX_TEMPFAIL)
        }
    }
}

/// How a command that could be carried out ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    AllGood,
    Refused,
}

impl Outcome {
    fn and(self, good: bool) -> Self {
        if good { self } else { Self::Refused }
    }
}

/// Why a command could not be carried out.
#[derive(Debug)]
enum Stop {
    /// What is wrong with how it was called, for people.
    Usage(String),
    /// Why a server cannot begin now; later it may.
    #[cfg(feature = "listener")]
    Temporary(String),
    /// Nobody reads the output any more.
    ReaderGone,
}

impl Stop {
    fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// A server that could not be opened.
    #[cfg(feature = "serve")]
    fn starting(error: glowband_server::StartError) -> Self {
        if error.is_temporary() { Self::Temporary(error.to_string()) } else { Self::Usage(error.to_string()) }
    }

    /// An address that could not be listened on.
    #[cfg(feature = "listener")]
    fn listening(error: listener::BindError) -> Self {
        if error.is_temporary() { Self::Temporary(error.to_string()) } else { Self::Usage(error.to_string()) }
    }

    /// An error on standard input.
    fn reading(error: io::Error) -> Self {
        Self::Usage(format!("standard input: {error}"))
    }

    /// An error on standard output.
    fn writing(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Usage(format!("standard output: {error}")),
        }
    }
}

/// A line for people beside the result: `note: …`. It goes to standard error, and gets lost if nobody listens there.
fn complain(kind: &str, message: &str) {
    use anstyle::{AnsiColor, Style};
    let colour = if kind == "error" { AnsiColor::Red } else { AnsiColor::Yellow };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    let _ = writeln!(anstream::stderr().lock(), "{style}{kind}:{style:#} {message}");
}

fn note(message: &str) {
    complain("note", message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
