//! `glowband door`: the owner's commands for a door that verifies tokens offline (`firmware-example`).

mod door_key;
mod line;
mod open;
mod orders;
mod wire;

use super::key_file::{contents, name};
use super::{Outcome, Stop};
use glowband_issue::{SigningKey, SigningKeyReader};
use line::Line;
use std::io::{self, Write};
use std::path::PathBuf;

/// Set up, manage and open a door that verifies tokens offline, over a serial line
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  glowband door provision --at /dev/ttyUSB0 --owner owner.jwk --door door-42 \\
      --iss https://id.example --key issuer.public.jwk --one-time
  glowband door time --at /dev/ttyUSB0 --owner owner.jwk --door door-42
  glowband door open --at /dev/ttyUSB0 \"$TOKEN\"
  glowband door keys --at /dev/ttyUSB0 --owner owner.jwk --door door-42 --key next.public.jwk
  glowband door revoke --at /dev/ttyUSB0 --owner owner.jwk --door door-42 --sub mallory")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Provision(orders::Provision),
    Time(orders::Time),
    Keys(orders::Keys),
    Revoke(orders::Revoke),
    Open(open::Open),
    Status(Status),
}

/// Print the name of the door and the versions of its keys and lists
#[derive(clap::Args)]
struct Status {
    #[command(flatten)]
    at: At,
}

/// How to reach the door.
#[derive(clap::Args)]
#[command(next_help_heading = "Line")]
struct At {
    /// The serial device of the door (115200 baud, 8N1), or tcp:HOST:PORT
    #[arg(long, value_name = "LINE")]
    at: String,
    /// How many seconds to wait for the door's answer
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
}

impl At {
    fn line(&self) -> Result<Line, Stop> {
        Line::open(&self.at, self.timeout).map_err(|error| Stop::Usage(format!("{}: {error}", self.at)))
    }
}

/// The owner of the door.
#[derive(clap::Args)]
#[command(next_help_heading = "Owner")]
struct Owner {
    /// The owner's private key: an ES256 JWK or PEM, or a JWK with an HMAC secret
    #[arg(long, value_name = "FILE")]
    owner: PathBuf,
    /// The name of the door, which is the audience (aud) of all tokens for it
    #[arg(long, value_name = "NAME")]
    door: String,
}

impl Owner {
    fn key(&self) -> Result<SigningKey, Stop> {
        let key = SigningKeyReader::new().parse(&contents(&self.owner)?);
        key.map_err(|error| Stop::Usage(format!("{}: {error}", name(&self.owner))))
    }

    /// Signs a token of the owner for this door. `claims` are JSON members without braces.
    fn order(&self, typ: &str, claims: &str) -> Result<String, Stop> {
        let mut payload = b"{\"iss\":\"door-owner\",\"aud\":".to_vec();
        glowband_text::json::push_string(&mut payload, &self.door);
        payload.extend_from_slice(format!(",{claims}}}").as_bytes());
        let kid = door_key::kid(&self.owner)?;
        let token = self.key()?.sign_compact(Some(typ), Some(&kid), &payload);
        token.map_err(|error| Stop::usage(error.to_string()))
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let answer = match &arguments.command {
        Command::Provision(provision) => provision.run(),
        Command::Time(time) => time.run(),
        Command::Keys(keys) => keys.run(),
        Command::Revoke(revoke) => revoke.run(),
        Command::Open(open) => open.run(),
        Command::Status(status) => send(&mut status.at.line()?, "STATUS"),
    }?;
    let mut out = io::stdout().lock();
    writeln!(out, "{answer}").and_then(|()| out.flush()).map_err(Stop::writing)?;
    let refused = ["DENY ", "BUSY", "LINE TOO LONG"].iter().any(|word| answer.starts_with(word));
    Ok(Outcome::AllGood.and(!refused))
}

/// Sends a line and returns the door's answer.
fn send(line: &mut Line, request: &str) -> Result<String, Stop> {
    line.send(request).map_err(|error| Stop::Usage(format!("the door: {error}")))
}

/// Opens the line, sends a token of the owner, and returns the door's answer.
fn order(at: &At, token: &str) -> Result<String, Stop> {
    send(&mut at.line()?, token)
}
