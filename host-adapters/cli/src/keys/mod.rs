//! `glowband keys`: generates, shows, rotates and encrypts keys.

mod encryption;
mod folder;
mod generate;
mod prepare;
mod rotate;
mod show;
mod status;

use super::{Outcome, Stop};

/// Generate, show, rotate, encrypt and prepare keys
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  glowband keys generate --out issuer.jwk > issuer.public.jwk
  glowband keys show issuer.jwk --format jwks > jwks.json
  glowband keys rotate
  glowband keys status
  glowband keys prepare issuer.public.jwk --shape comb4 > src/issuer_table.rs")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Generate(generate::Arguments),
    Show(show::Arguments),
    Prepare(prepare::Arguments),
    Rotate(rotate::Arguments),
    Status(status::Arguments),
    Encrypt(encryption::Encrypt),
    Decrypt(encryption::Decrypt),
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::Generate(arguments) => generate::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Prepare(arguments) => prepare::run(arguments),
        Command::Rotate(arguments) => rotate::run(arguments),
        Command::Status(arguments) => status::run(arguments),
        Command::Encrypt(arguments) => encryption::encrypt(arguments),
        Command::Decrypt(arguments) => encryption::decrypt(arguments),
    }
}
