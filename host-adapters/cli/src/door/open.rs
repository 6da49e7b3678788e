//! `glowband door open`: sends a token to a door.

use super::{At, send};
use crate::Stop;
use std::io::{self, Read};

/// Send a token to the door, which opens if the token is valid
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  glowband door open --at tcp:127.0.0.1:5599 \"$TOKEN\"
  glowband sign --key issuer.jwk --iss https://id.example --aud door-42 --sub alice \\
      --jti $(uuidgen) --expires-in 5m | glowband door open --at /dev/ttyUSB0 -")]
pub(super) struct Open {
    #[command(flatten)]
    at: At,
    /// The token; `-` reads it from standard input
    #[arg(value_name = "TOKEN")]
    token: String,
}

impl Open {
    pub(super) fn run(&self) -> Result<String, Stop> {
        let mut token = self.token.clone();
        if token == "-" {
            token.clear();
            let limit = 64 * 1024;
            let read = io::stdin().lock().take(limit).read_to_string(&mut token);
            read.map_err(|error| Stop::Usage(format!("standard input: {error}")))?;
        }
        let token = token.trim();
        if token.is_empty() || token.contains(|character: char| character.is_ascii_control() || character == ' ') {
            return Err(Stop::usage("TOKEN is empty, or contains spaces or control characters; allowed: one token"));
        }
        send(&mut self.at.line()?, token)
    }
}
