//! What the door's log says: decisions and reasons, and nothing that tells of a token, a key or a person.

use super::emulator::{Emulator, Wire};
use super::owned::{ISSUER, OWNER, Owned};
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

/// Nothing that was sent is in the log with so many bytes of it in a row.
const PART: usize = 8;

/// Asks, and keeps what was asked.
fn ask(wire: &mut Wire, sent: &mut Vec<String>, line: &str) -> String {
    sent.push(line.to_owned());
    wire.ask(line.as_bytes())
}

#[test]
fn the_log_tells_decisions_and_no_secret() {
    let Some(images) = super::images() else { return };
    let stream = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("door-{}.defmt", std::process::id()));
    let image = images.join("door-with-log");
    let mut emulator = Emulator::with_log(&image, &stream);
    let mut wire = emulator.wire();
    let Owned { token, mut sent } = Owned::provision(&mut wire);
    let answer = ask(&mut wire, &mut sent, &token);
    assert!(answer.starts_with("OPEN sub=alice"), "{answer}");
    wire.until_shut();
    let forged = token.replacen('.', ".e", 1);
    for line in [forged.as_str(), "STATUS", "hello", &"x".repeat(3000)] {
        ask(&mut wire, &mut sent, line);
    }
    drop(emulator);

    let decoder = images.join("log-lines");
    let decoded = Command::new(&decoder).arg(&image).stdin(File::open(&stream).expect("a stream")).output();
    let decoded = decoded.unwrap_or_else(|error| panic!("{}: {error}", decoder.display()));
    let text = String::from_utf8(decoded.stdout).expect("text");
    assert!(decoded.status.success(), "{}", String::from_utf8_lossy(&decoded.stderr));
    assert!(text.contains("denied: 17 bad_signature"), "not the whole story:\n{text}");
    super::as_expected("log.out", &text);

    let raw = fs::read(&stream).expect("a stream");
    let _ = fs::remove_file(&stream);
    for log in [text.as_bytes(), &raw] {
        for secret in [OWNER.as_slice(), ISSUER].into_iter().chain(sent.iter().map(String::as_bytes)) {
            for part in secret.windows(PART) {
                let found = log.windows(PART).any(|window| window == part);
                assert!(!found, "{:?} is in the log:\n{text}", String::from_utf8_lossy(part));
            }
        }
        for name in ["alice", "door-", "example"] {
            assert!(!log.windows(name.len()).any(|window| window == name.as_bytes()), "{name} is in the log:\n{text}");
        }
    }
    println!("counted: {} bytes of log, decoded: no token, no key, no name in them", raw.len());
}
