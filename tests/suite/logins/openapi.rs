//! schemathesis reads `/openapi.json`, and asks the server whatever it allows and forbids: no 5xx, no answer that the
//! document does not name.

use super::account::register;
use super::serving::{Behind, Setup};
use super::wanted;
use std::env;
use std::process::Command;

#[test]
fn no_answer_is_undocumented_and_none_is_a_fault() {
    if !wanted() {
        return;
    }
    let server = Setup::new("openapi", Behind::Sqlite).only();
    let tokens = register(server.address, "ada@example.com");
    let python = env::var("GLOWBAND_PYTHON").expect("GLOWBAND_PYTHON names a Python with schemathesis");
    let mut run = Command::new(python);
    run.args(["-m", "schemathesis.cli", "run"]).arg(format!("http://{}/openapi.json", server.address));
    run.args(["--header", &format!("Authorization: Bearer {}", tokens.access)]);
    let output = run.output().expect("Python starts");
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{words}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{words}");
}
