//! `glowband serve`: the server.

mod log;
mod run;

use super::flags::Flags;
use super::{Outcome, Stop, note};
use crate::listener::Tls;
use glowband_server::{Server, Settings, UnknownRefreshSecret};
use std::io::{self, Write};

/// Serve logins: register, log in, refresh, log out, over HTTP
///
/// Without any setting it serves on http://127.0.0.1:8080 and keeps everything in ./glowband-data.
#[derive(clap::Args)]
#[command(after_help = "\
Settings come from a file (--config, GLOWBAND_CONFIG, or glowband.toml in this folder), from
the environment and from flags; the later ones win. --public-url is public-url in a file
and GLOWBAND_PUBLIC_URL in the environment. Secrets are never flags: there are files for
them, and GLOWBAND_DATABASE, GLOWBAND_REFRESH_SECRET and GLOWBAND_ENCRYPTION_KEY. Services
that may introspect tokens ([[callers]]) are named in a file.

The first line of output is \"glowband serves on http://ADDRESS\"; log lines go to standard
error. SIGHUP reads the certificate and the signing keys again. SIGTERM and SIGINT let
open requests end, for ten seconds at most; a second one ends at once. What keeps it from
starting but passes, a database that is not up yet or an address in use, has exit code 75.

Examples:
  glowband serve
  glowband serve --listen 127.0.0.1:0 --data /var/lib/glowband --registration false
  glowband serve --config /etc/glowband/glowband.toml --check
  GLOWBAND_DATABASE=postgres://glowband:PASSWORD@db/glowband glowband serve

Every setting, with its default: host-adapters/server/serve/glowband.toml.")]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// Print the settings in force as a file, each with where it came from, and end
    #[arg(long)]
    print_config: bool,
    /// Read the settings, keys, certificate and database, say whether they can be used, and end
    #[arg(long, conflicts_with = "print_config")]
    check: bool,
    /// Go on with a refresh secret that the database does not know; all logins in it end
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

/// Checks all that the settings name; creates nothing.
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
