//! `glowband completions`: prints a completion script for a shell.

use super::{Cli, Outcome, Stop};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;

/// Print a completion script for a shell
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  glowband completions bash > ~/.local/share/bash-completion/completions/glowband
  glowband completions zsh > ~/.zfunc/_glowband
  glowband completions fish > ~/.config/fish/completions/glowband.fish")]
pub(super) struct Arguments {
    /// The shell that the script is for
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "glowband", &mut script);
    std::io::stdout().lock().write_all(&script).map_err(Stop::writing)?;
    Ok(Outcome::AllGood)
}
