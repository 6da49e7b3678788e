#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
//!
//! # The crate
//!
//! The command line: `serve`, `users`, `sessions`, `audit`, `verify`, `inspect`, `sign`, `keys`, `door`, `forward-auth`, `completions`.
//!
//! Exit codes: 0 success, 1 something was refused, 2 the command cannot be run as it was given,
//! 75 (EX_TEMPFAIL of sysexits.h) a server cannot start now, but a later attempt may succeed.

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
Verifies, inspects and signs JSON Web Tokens (JWT, RFC 7519), and runs a login server.
Every refusal of a token has a number and a name, which are the same in all libraries and
servers of Glowband.",
    after_help = "\
Exit codes:
  0   success; all tokens are valid
  1   at least one token or request was refused
  2   wrong usage: an unknown flag, a file that cannot be read, a key that cannot be used
  75  a server cannot start now, but a later attempt may succeed: its database is not
      available, or its address is in use

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

/// The exit code that tells a supervisor to start the server again later (sysexits.h).
#[cfg(feature = "listener")]
const EX_TEMPFAIL: u8 = 75;

/// Runs the command line of this process and returns the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Printing fails if the reader has closed the pipe; the error cannot be reported anywhere then.
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
        // With a closed pipe, some verdicts may not have been printed: this is not a success.
        Ok(Outcome::Refused) | Err(Stop::ReaderGone) => ExitCode::from(1),
        Err(Stop::Usage(message)) => {
            print_message("error", &message);
            ExitCode::from(2)
        }
        #[cfg(feature = "listener")]
        Err(Stop::Temporary(message)) => {
            print_message("error", &message);
            ExitCode::from(EX_TEMPFAIL)
        }
    }
}

/// The result of a command that ran to its end.
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

/// Why a command stopped before its end.
#[derive(Debug)]
enum Stop {
    /// The command was given wrongly; holds the message for the user.
    Usage(String),
    /// A server cannot start now, but a later attempt may succeed; holds the message for the user.
    #[cfg(feature = "listener")]
    Temporary(String),
    /// The reader of standard output has closed the pipe.
    ReaderGone,
}

impl Stop {
    fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Converts the error of a server that did not start.
    #[cfg(feature = "serve")]
    fn starting(error: glowband_server::StartError) -> Self {
        if error.is_temporary() { Self::Temporary(error.to_string()) } else { Self::Usage(error.to_string()) }
    }

    /// Converts the error of a socket that could not be bound.
    #[cfg(feature = "listener")]
    fn listening(error: listener::BindError) -> Self {
        if error.is_temporary() { Self::Temporary(error.to_string()) } else { Self::Usage(error.to_string()) }
    }

    /// Converts an error on standard input.
    fn reading(error: io::Error) -> Self {
        Self::Usage(format!("standard input: {error}"))
    }

    /// Converts an error on standard output.
    fn writing(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Usage(format!("standard output: {error}")),
        }
    }
}

/// Prints a line such as `note: …` to standard error. An error while printing is ignored.
fn print_message(kind: &str, message: &str) {
    use anstyle::{AnsiColor, Style};
    let colour = if kind == "error" { AnsiColor::Red } else { AnsiColor::Yellow };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    let _ = writeln!(anstream::stderr().lock(), "{style}{kind}:{style:#} {message}");
}

fn note(message: &str) {
    print_message("note", message);
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
