//! `glowband keys`: make keys, and look at them.

mod generate;
mod show;

use super::{Outcome, Stop};

/// Generate keys, and show what is public of them
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  glowband keys generate --out issuer.jwk > issuer.public.jwk
  glowband keys show issuer.jwk --format jwks > jwks.json")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Generate(generate::Arguments),
    Show(show::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::Generate(arguments) => generate::run(arguments),
        Command::Show(arguments) => show::run(arguments),
    }
}
