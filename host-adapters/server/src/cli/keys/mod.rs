//! `glowband keys`: make keys, and look at them.

mod generate;
mod prepare;
mod show;

use super::{Outcome, Stop};

/// Generate keys, show what is public of them, and prepare them for chips
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  glowband keys generate --out issuer.jwk > issuer.public.jwk
  glowband keys show issuer.jwk --format jwks > jwks.json
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
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::Generate(arguments) => generate::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Prepare(arguments) => prepare::run(arguments),
    }
}
