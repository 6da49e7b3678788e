//! Typing the password on a terminal, which `script` (util-linux) simulates.
#![cfg(target_os = "linux")]

use super::place::Place;
use std::io::Write;
use std::process::{Command, Stdio};

/// Returns what the terminal showed, and the exit code; `None` without `script`.
fn typed(place: &Place, keys: &[u8]) -> Option<(i32, String)> {
    let program = env!("CARGO_BIN_EXE_glowband");
    let line = format!(
        "unset GLOWBAND_STORES; stty echo; '{program}' users add jane@example.org --database '{}'; code=$?; stty -a; exit $code",
        place.url
    );
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().ok()?;
    let mut stdin = child.stdin.take().unwrap();
    // The program discards what is typed before a prompt, so each line follows its prompt.
    let mut shown = Vec::new();
    let mut out = child.stdout.take().unwrap();
    let mut byte = [0];
    let mut answers = keys.split_inclusive(|key| matches!(key, b'\r' | 0x03));
    while std::io::Read::read(&mut out, &mut byte).unwrap_or(0) > 0 {
        shown.push(byte[0]);
        if shown.ends_with(b"org: ") || shown.ends_with(b"Repeat the password: ") {
            stdin.write_all(answers.next().unwrap_or_default()).unwrap();
            stdin.flush().unwrap();
        }
    }
    let code = child.wait().unwrap().code().unwrap();
    Some((code, String::from_utf8_lossy(&shown).into_owned()))
}

#[test]
fn a_typed_password_is_not_echoed_and_echo_is_restored() {
    let place = Place::sqlite();
    for (keys, code, words) in [
        (&b"correct horse\rcorrect house\r"[..], 2, "the two passwords differ"),
        (b"correct\x03", 2, "interrupted"),
        (b"correct horsee\x7f\rcorrect horse\r", 0, "jane@example.org was added"),
    ] {
        let Some((left, shown)) = typed(&place, keys) else {
            eprintln!("script (util-linux) is not there; nothing is typed");
            return;
        };
        assert_eq!(left, code, "{shown}");
        assert!(shown.contains("New password for jane@example.org: ") && shown.contains(words), "{shown}");
        assert!(!shown.contains("corr"), "{shown}");
        assert!(shown.contains(" echo ") && shown.contains(" icanon "), "{shown}");
    }
}
