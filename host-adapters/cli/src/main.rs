//! The `glowband` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    glowband::main()
}
