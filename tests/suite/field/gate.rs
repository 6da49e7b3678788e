//! `glowband forward-auth` as a process, one for each key file and set of expectations.

use super::{Said, cases, compare, groups};
use crate::cli::program::{command, file};
use crate::http::client::get_with;
use crate::http::process::Server;
use glowband_tests::field_case::FieldCase;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Read as _;
use std::process::Stdio;

/// A policy file that says what the case says. Text in JSON is text in TOML, too.
fn policy(case: &FieldCase) -> String {
    let mut text = String::new();
    if case.iss.is_empty() || case.aud.is_empty() {
        text.push_str("danger-any-issuer-any-audience = true\n");
    }
    for (name, values) in [("issuer", &case.iss), ("audience", &case.aud)] {
        if !values.is_empty() {
            let _ = writeln!(text, "{name} = {}", json!(values));
        }
    }
    if let Some(typ) = &case.typ {
        let _ = writeln!(text, "token-type = {}", json!(typ));
    }
    for opt_in in &case.opt_ins {
        let _ = writeln!(text, "{} = true", opt_in.replace('_', "-"));
    }
    let _ = writeln!(text, "[keys]\nfile = {}", json!(case.key_file().to_string_lossy()));
    text
}

/// The gate, or what it said when it did not start.
fn start(policy: &str) -> Result<Server, String> {
    let arguments = ["forward-auth", "--policy", policy];
    let mut check = command();
    check.args(arguments).arg("--check").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = check.spawn().map_err(|error| error.to_string())?;
    let mut said = String::new();
    if let Some(mut output) = child.stderr.take() {
        let _ = output.read_to_string(&mut said);
    }
    if !child.wait().is_ok_and(|status| status.success()) {
        return Err(said.trim().to_owned());
    }
    Ok(Server::start(command().args(arguments).args(["--listen", "127.0.0.1:0", "--log", "error"])))
}

fn verdict(gate: &Server, token: &str) -> Said {
    let answer = get_with(gate.address, "/auth", token);
    match answer.status {
        204 => Ok(0),
        _ => answer.json()["code"].as_u64().ok_or_else(|| format!("{answer:?}")),
    }
}

#[test]
fn the_gate_verifies_them_correctly() {
    // The gate has no clock but the system's.
    let cases: Vec<FieldCase> = cases("gate").into_iter().filter(|case| case.now.is_none()).collect();
    let mut said: Vec<(&FieldCase, Said)> = Vec::new();
    for (at, group) in groups(&cases).into_iter().enumerate() {
        let path = file(&format!("field-{at}.toml"), &policy(group[0]));
        match start(&path.to_string_lossy()) {
            Ok(gate) => said.extend(group.into_iter().map(|case| (case, verdict(&gate, &case.read_token())))),
            Err(fault) => said.extend(group.into_iter().map(|case| (case, Err(fault.clone())))),
        }
        let _ = std::fs::remove_file(path);
    }
    compare("gate", &said, 200);
}
