//! schemathesis reads `/openapi.json`, and asks the server whatever it allows and forbids: no 5xx, no answer that the
//! document does not name.

use super::account::{Tokens, register};
use super::serving::{Behind, Setup};
use super::wanted;
use std::env;
use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Of every answer: its status, type, headers and body are those of the document, and none is a fault of the server.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// Routes after which the token in hand is worth nothing.
const LAST: [&str; 3] = ["/auth/logout", "/auth/logout-all", "/auth/password"];

#[test]
fn no_answer_is_undocumented_and_none_is_a_fault() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("openapi", Behind::Sqlite);
    let (secret, config) = (setup.folder.join("caller"), setup.folder.join("glowband.toml"));
    fs::write(&secret, "a secret of a service, long enough").expect("a file");
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("a mode");
    fs::write(
        &config,
        "personal-token-scopes = [\"orders:read\"]\n[[callers]]\nid = \"orders\"\nsecret-file = \"caller\"\n",
    )
    .expect("a file");
    let notes = setup.folder.clone();
    let server = setup.set("GLOWBAND_CONFIG", &config.to_string_lossy()).only();
    let asked = |who: &str, flags: &[&str]| asked(server.address, &notes, who, flags);
    let tokens = register(server.address, "ada@example.com");

    // As a client whose token stays good, as a service, and as anybody, with all that ends a login.
    let mut flags: Vec<&str> = LAST.iter().flat_map(|path| ["--exclude-path", *path]).collect();
    flags.extend(["--exclude-method", "DELETE"]);
    let bearer = bearer(&tokens);
    asked("a client", &[&flags[..], &["-H", &bearer, "-H", "Glowband-Client: native"]].concat());
    let caller = ["--auth", "orders:a secret of a service, long enough"];
    let routes = ["--include-path-regex", "^/(oauth/|auth/revocations)"];
    asked("a service", &[routes, caller].concat());
    asked("anybody", &["-H", &bearer]);
}

fn bearer(tokens: &Tokens) -> String {
    format!("Authorization: Bearer {}", tokens.access)
}

#[track_caller]
fn asked(server: SocketAddr, notes: &Path, who: &str, flags: &[&str]) {
    let python = env::var("GLOWBAND_PYTHON").expect("GLOWBAND_PYTHON names a Python with schemathesis");
    let mut run = Command::new(python);
    run.args(["-m", "schemathesis.cli", "run"]).arg(format!("http://{server}/openapi.json"));
    // The same questions in every run of the checks, so that a change of ours is what makes a difference.
    run.args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "-n", "40", "--seed", "7519"]);
    run.args(["--continue-on-failure", "--warnings", "off"]).args(flags);
    // It keeps notes where it is started.
    let output = run.current_dir(notes).env("NO_COLOR", "1").output().expect("Python starts");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{words}\n{}", String::from_utf8_lossy(&output.stderr));
    let cases = words.lines().find(|line| line.contains(" generated, ")).map(str::trim);
    println!("counted: schemathesis as {who}: {}", cases.unwrap_or_else(|| panic!("no count: {words}")));
}
