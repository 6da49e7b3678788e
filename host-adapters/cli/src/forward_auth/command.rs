//! The command line of `glowband forward-auth`.

use super::gate::Gate;
use super::serve::serve;
use crate::{Outcome, Stop, note};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use tracing_subscriber::filter::LevelFilter;

/// Check tokens for a reverse proxy (nginx, Caddy, Traefik, Envoy)
#[derive(clap::Args)]
#[command(
    long_about = "\
Checks tokens for a reverse proxy such as nginx, Caddy, Traefik or Envoy. For each request,
the proxy sends GET /auth with the headers of the request. If the token is valid, the
answer is 204 with X-Auth-Subject, X-Auth-Scope and other headers; otherwise it is 401 or
403 with WWW-Authenticate. With GET /auth?scope=orders:read, the token must also have this
scope.",
    after_help = "\
A policy file:
  issuer = \"https://id.example\"
  audience = \"orders-api\"
  [keys]
  discover = \"https://id.example\"    # or jwks-url, file, secret-file

For several issuers, the file has one table [[issuers]] for each. The tables [[require]]
contain rules about claims such as roles and groups. The table [headers] names claims that
the answer contains as headers.

SIGHUP reads key files and secret files again. SIGTERM stops the server after open requests
have been answered. The server also answers /metrics (Prometheus), /healthz and /readyz.

All settings, and configurations for nginx, ingress-nginx, Envoy, Caddy and Traefik, are in
host-adapters/cli/forward-auth."
)]
pub(crate) struct Arguments {
    /// The policy file (TOML): the issuers, audiences and keys of the tokens to accept
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The address to listen on; overrides listen in the policy file [default: 127.0.0.1:9190]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Which log lines to write to standard error; info includes refused tokens, debug accepted ones
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = ["off", "error", "warn", "info", "debug"])]
    log: String,
    /// Check the policy file and its keys, print the result, and exit
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
            gate.describe_keys().map_err(|error| Stop::Usage(format!("{}: {error}", arguments.policy.display())))?;
        writeln!(io::stdout().lock(), "{}: valid; keys for {keys}", arguments.policy.display())
            .map_err(Stop::writing)?;
    } else {
        log(&arguments.log);
        serve(gate)?;
    }
    Ok(Outcome::AllGood)
}

/// Starts logging to standard error. No log line contains a token or a claim.
fn log(level: &str) {
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_ansi(false).init();
}
