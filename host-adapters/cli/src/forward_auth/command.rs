//! `glowband forward-auth`: the answers for nginx, Caddy, Traefik and Envoy.

use super::gate::Gate;
use super::serve::serve;
use crate::{Outcome, Stop, note};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use tracing_subscriber::filter::LevelFilter;

/// Answer a reverse proxy's question whether a request's token is good
///
/// The proxy asks GET /auth for each request and passes the request's headers on. The answer is 204 with X-Auth-Subject,
/// X-Auth-Scope and others, or 401 or 403 with WWW-Authenticate. /auth?scope=orders:read asks for a scope besides.
#[derive(clap::Args)]
#[command(after_help = "\
A policy file:
  issuer = \"https://id.example\"
  audience = \"orders-api\"
  [keys]
  discover = \"https://id.example\"    # or jwks-url, file, secret-file

Several issuers have a table [[issuers]] each. [[require]] has rules on roles and groups,
[headers] claims that become headers of the answer.

SIGHUP reads a key file or secret file again; SIGTERM lets open requests end. Beside
/auth there are /metrics (Prometheus), /healthz and /readyz.

Configurations for nginx, ingress-nginx, Envoy, Caddy and Traefik stand in
host-adapters/cli/forward-auth.")]
pub(crate) struct Arguments {
    /// What tokens must say and whose keys they are signed with (TOML)
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Where to listen, instead of the file's listen [default: 127.0.0.1:9190]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Which lines go to standard error: error, warn, info (refusals), debug (acceptances too)
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = ["off", "error", "warn", "info", "debug"])]
    log: String,
    /// Read the policy and its keys, say whether they can be used, and end
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let mut gate = Gate::read(&arguments.policy).map_err(Stop::Usage)?;
    if let Some(listen) = arguments.listen {
        gate.listen_on(listen);
    }
    for remark in gate.remarks() {
        note(remark);
    }
    if arguments.check {
        let keys =
            gate.keys_in_words().map_err(|error| Stop::Usage(format!("{}: {error}", arguments.policy.display())))?;
        writeln!(io::stdout().lock(), "{}: good; keys for {keys}", arguments.policy.display())
            .map_err(Stop::writing)?;
    } else {
        log(&arguments.log);
        serve(gate)?;
    }
    Ok(Outcome::AllGood)
}

/// Log lines go to standard error; no token and no claim is in any of them.
fn log(level: &str) {
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_ansi(false).init();
}
