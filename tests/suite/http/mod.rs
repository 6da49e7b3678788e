//! Guards before real services: nginx asks ours, and the examples answer real clients.

mod caddy;
pub(crate) mod client;
mod examples;
mod forward_auth;
mod gate_issuers;
mod gate_rules;
mod grpc;
mod nginx;
pub(crate) mod process;
mod tokens;

use std::env;
use std::io::{self, Write};

/// Whether this run is to start real servers and foreign signers.
fn wanted() -> bool {
    if env::var("GLOWBAND_HTTP").as_deref() == Ok("1") {
        return true;
    }
    // Past the test harness, which shows nothing of a test that passes.
    let _ = writeln!(io::stderr(), "http: left out, GLOWBAND_HTTP=1 asks for it (`cargo checks http`)");
    false
}
