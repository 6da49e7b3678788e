//! Runs the documented story of a stolen refresh token as it is written; and shows that an access token expires before its login.

use super::account::{get, refreshed, register};
use super::serving::{Behind, Setup};
use super::wanted;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_documented_theft_runs_as_it_is_written() {
    if !wanted() {
        return;
    }
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-adapters/server/serve/API.md");
    let document = fs::read_to_string(document).expect("the API guide");
    let script = document.split("```sh\n").find(|block| block.starts_with("api=http://127.0.0.1:8080\n"));
    let script = script.and_then(|block| block.split("```").next()).expect("the block that begins with api=");
    let server = Setup::new("readme", Behind::Sqlite).only();
    let script = script.replace("127.0.0.1:8080", &server.address.to_string());
    let output = Command::new("sh").args(["-euc", &script]).output().expect("sh");
    assert!(output.status.success(), "{output:?}");
    let words = String::from_utf8(output.stdout).expect("text");
    let answers: Vec<serde_json::Value> =
        words.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(answers.len(), 5, "{words}");
    assert!(answers[0]["refresh_token"].as_str().is_some_and(|token| token.starts_with("gbr_")), "{words}");
    assert_eq!(answers[1]["email"], "ada@example.com", "{words}");
    for refused in &answers[2..] {
        assert_eq!((&refused["status"], &refused["name"]), (&401.into(), &"invalid_grant".into()), "{words}");
    }
}

#[test]
fn an_access_token_ends_and_its_login_goes_on() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("expiry", Behind::Sqlite);
    let clock = setup.folder.join("clock");
    fs::write(&clock, "+0").expect("a file");
    let server = setup.clock_by(&clock).only();
    let tokens = register(server.address, "ada@example.com");
    assert_eq!(get(server.address, "/auth/me", &tokens.access).expect("an answer").status, 200);
    // Past ten minutes and all leeway, by the machine's clock.
    fs::write(&clock, "+720").expect("a file");
    let late = get(server.address, "/auth/me", &tokens.access).expect("an answer");
    assert_eq!((late.status, late.json()["name"].as_str()), (401, Some("expired")), "{late:?}");
    assert!(late.header("WWW-Authenticate").is_some_and(|challenge| challenge.contains("error=\"invalid_token\"")));
    fs::write(&clock, "+0").expect("a file");
    let next = refreshed(server.address, &tokens.refresh);
    assert_eq!(get(server.address, "/auth/me", &next.access).expect("an answer").status, 200);
}
