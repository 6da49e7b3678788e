//! Guards before real sockets, an issuer that fails in every way, a real nginx and a real Caddy; what the tests counted is
//! shown.

use crate::needs::python;
use crate::run::Run;
use crate::step::Step;

pub(crate) fn check(run: &mut Run<'_>) {
    let python = python::interpreter(run.workspace, "proxies");
    let caddy = python.with_file_name("caddy");
    for line in [
        "cargo test --workspace --all-features --test adapters -- --nocapture",
        "cargo test --workspace --all-features --test remote -- --nocapture",
        "GLOWBAND_HTTP=1 cargo test --workspace --all-features --test suite -- http:: --nocapture",
    ] {
        run.command_line_with_counts(line, &[("GLOWBAND_CADDY", caddy.display().to_string())]);
    }
    let mut samples = run.workspace.program(python);
    samples.args(["tests/proxies/samples.py", "host-adapters/cli/forward-auth"]);
    run.step(Step::new("the names in the samples for Envoy, ingress-nginx and Traefik", samples));
    // A user of one framework compiles none of the others: each feature builds by itself.
    for feature in ["", "verify", "tower", "axum", "actix"] {
        run.command_line(&format!("cargo clippy --package glowband-http --features={feature} -- -D warnings"));
    }
    for feature in ["", "remote"] {
        run.command_line(&format!("cargo clippy --package glowband-verify --features={feature} -- -D warnings"));
    }
}
