//! Libraries of other languages, behind the programs of `tests/interop`: JSON lines in, JSON lines out.

use crate::case::Case;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

/// The library's name with its version, and for each case whether it was accepted.
pub(crate) fn ask(program: &str, script: &str, cases: &[Case]) -> Result<(String, Vec<bool>), String> {
    let trouble = |error: std::io::Error| format!("{program} {script}: {error}");
    let mut child =
        Command::new(program).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(trouble)?;
    let (mut input, output) = (child.stdin.take(), child.stdout.take());
    let mut lines = BufReader::new(output.ok_or("no output")?).lines();
    let mut read = || -> Result<Value, String> {
        let line = lines.next().ok_or(format!("{script} has ended"))?.map_err(trouble)?;
        serde_json::from_str(&line).map_err(|error| format!("{script}: {error}: {line}"))
    };
    let greeting = read()?;
    let word = |name: &str| greeting.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = format!("{} {}", word("library"), word("version"));
    let mut verdicts = Vec::new();
    for case in cases {
        let request = json!({"op": "verify", "alg": case.algorithm(), "jwk": case.jwk, "iss": case.issuer,
            "aud": case.audience, "token": case.token});
        writeln!(input.as_mut().ok_or("no input")?, "{request}").map_err(trouble)?;
        verdicts.push(read()?.get("claims").is_some());
    }
    drop(input);
    child.wait().map_err(trouble)?;
    Ok((name, verdicts))
}
