//! `glowband serve`: runs the login server.

mod log;
mod run;

use super::flags::Flags;
use super::{Outcome, Stop, note};
use crate::listener::Tls;
use glowband_server::{Server, Settings, UnknownRefreshSecret};
use std::io::{self, Write};

/// Run the login server: users register, log in, refresh their tokens and log out over HTTP
///
/// Without any settings, the server listens on http://127.0.0.1:8080 and stores its data in ./glowband-data.
#[derive(clap::Args)]
#[command(after_help = "\
Settings come from a file, from the environment and from flags. A flag overrides the
environment, and the environment overrides the file. The file is the one that --config or
GLOWBAND_CONFIG names, or glowband.toml in the current folder. The flag --public-url is
public-url in the file and GLOWBAND_PUBLIC_URL in the environment.

Secrets have no flags. They are read from files, or from GLOWBAND_DATABASE,
GLOWBAND_REFRESH_SECRET and GLOWBAND_ENCRYPTION_KEY in the environment. Services
that may introspect tokens ([[callers]]) are named in a file.

The first line of output is \"glowband serves on http://ADDRESS\". Log lines go to standard
error. SIGHUP reads the certificate and the signing keys again. SIGTERM and SIGINT stop the
server: it waits up to ten seconds for open requests, and a second signal ends it at once.
The exit code is 75 if the server cannot start now but a later attempt may succeed: the
database is not available yet, or the address is in use.

Examples:
  glowband serve
  glowband serve --listen 127.0.0.1:0 --data /var/lib/glowband --registration false
  glowband serve --config /etc/glowband/glowband.toml --check
  GLOWBAND_DATABASE=postgres://glowband:PASSWORD@db/glowband glowband serve

All settings with their defaults: host-adapters/server/serve/glowband.toml.")]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// Print all settings and the source of each as a settings file, and exit
    #[arg(long)]
    print_config: bool,
    /// Check the settings, keys, certificate and database, print the result, and exit
    #[arg(long, conflicts_with = "print_config")]
    check: bool,
    /// Start although the refresh secret does not match the database; this ends all logins
    #[arg(long)]
    accept_refresh_secret: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let loaded = arguments.flags.load().map_err(|errors| Stop::Usage(errors.to_string()))?;
    for remark in &loaded.remarks {
        note(remark);
    }
    let secret =
        if arguments.accept_refresh_secret { UnknownRefreshSecret::Accept } else { UnknownRefreshSecret::Refuse };
    if arguments.print_config {
        io::stdout().lock().write_all(loaded.print().as_bytes()).map_err(Stop::writing)?;
    } else if arguments.check {
        let lines = check(&loaded.settings, secret)?;
        writeln!(io::stdout().lock(), "{}\ngood", lines.join("\n")).map_err(Stop::writing)?;
    } else {
        run::run(loaded.settings, secret)?;
    }
    Ok(Outcome::AllGood)
}

/// Checks the files and the database that the settings name, and creates nothing.
fn check(settings: &Settings, secret: UnknownRefreshSecret) -> Result<Vec<String>, Stop> {
    let (mut good, mut wrong) = match run::runtime()?.block_on(Server::check(settings, secret)) {
        Ok(good) => (good, Vec::new()),
        Err(wrong) => (Vec::new(), wrong.iter().map(ToString::to_string).collect()),
    };
    if let Some(files) = &settings.tls {
        match Tls::read(files.clone()) {
            Ok(_) => good.push(format!("{}: the certificate and its key belong together", files.certificate.display())),
            Err(error) => wrong.push(error),
        }
    }
    if wrong.is_empty() { Ok(good) } else { Err(Stop::Usage(wrong.join("\n"))) }
}
