//! What a serial line may bring: long lines, noise, halves, glue, a flood. The door stays alive and stays right.

use super::emulator::{Emulator, Wire};
use glowband_tests::signing::{encode, hs256};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

const OWNER: &[u8; 32] = b"the owner's secret of 32 bytes..";
const ISSUER: &[u8; 32] = b"an issuer's secret of 32 bytes..";

/// How many lines of garbage: `GLOWBAND_GARBAGE` in the environment says otherwise.
const GARBAGE: usize = 100_000;

fn jwk(kid: &str, secret: &[u8]) -> String {
    format!(r#"{{"kty":"oct","kid":"{kid}","k":"{}"}}"#, encode(secret))
}

fn token(secret: &[u8], kid: &str, typ: &str, claims: &str) -> String {
    hs256(secret, format!(r#"{{"alg":"HS256","typ":"{typ}","kid":"{kid}"}}"#), claims)
}

fn provisioned(wire: &mut Wire) -> String {
    assert_eq!(wire.hear(), "READY start=1");
    let claims = format!(
        r#"{{"iss":"door-owner","version":1,"door":"door-42","issuer":"https://id.example","open_ms":5,"keys":[{}]}}"#,
        jwk("a", ISSUER)
    );
    let line = format!("PROVISION {} {}", jwk("o", OWNER), token(OWNER, "o", "door-provision+jwt", &claims));
    assert_eq!(wire.ask(line.as_bytes()), "PROVISIONED door=door-42");
    let nonce = wire.ask(b"NONCE");
    let nonce = nonce.strip_prefix("NONCE ").expect("a nonce");
    let claims = format!(r#"{{"iss":"door-owner","aud":"door-42","nonce":"{nonce}","now":1700000000}}"#);
    assert_eq!(wire.ask(token(OWNER, "o", "door-time+jwt", &claims).as_bytes()), "TIME 1700000000");
    let claims = r#"{"iss":"https://id.example","aud":"door-42","sub":"alice","exp":1700003600}"#;
    token(ISSUER, "a", "JWT", claims)
}

#[test]
fn the_line_may_bring_what_it_likes() {
    let Some(images) = super::images() else { return };
    let mut emulator = Emulator::start(&images.join("door"));
    let mut wire = emulator.wire();
    let token = provisioned(&mut wire);
    let mut said = String::new();
    let mut note = |what: &str, answer: &str| {
        let _ = writeln!(said, "{what}: {answer}");
    };
    let pause = || std::thread::sleep(Duration::from_millis(50));
    note("a token", &wire.ask(token.as_bytes()));
    pause();
    note("10 kB", &wire.ask(&[b'A'; 10_000]));
    note("10 kB and a token", &wire.ask(format!("{}{token}", "A".repeat(10_000)).as_bytes()));
    let noise: Vec<u8> = (0..=255_u8).filter(|byte| *byte != b'\n').collect();
    note("every byte but one", &wire.ask(&noise));
    note("two tokens glued", &wire.ask(format!("{token}{token}").as_bytes()));
    let (half, rest) = token.split_at(token.len() / 2);
    wire.send(half.as_bytes());
    std::thread::sleep(Duration::from_secs(5));
    note("half a token, silence, the other half", &wire.ask(rest.as_bytes()));
    note("a token", &wire.ask(token.as_bytes()));
    pause();
    super::as_expected("robustness.out", &said);

    let count = std::env::var("GLOWBAND_GARBAGE").ok().and_then(|count| count.parse().ok()).unwrap_or(GARBAGE);
    let mut sender = wire.sender();
    let flood = std::thread::spawn(move || {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        for number in 0..count {
            let mut line = Vec::new();
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Most are short, so that the slow wire carries many.
            for at in 0..1 + if number % 8 == 0 { state >> 60 } else { state >> 62 } {
                let byte = state.rotate_left(u32::try_from(at * 7).unwrap_or(0)).to_le_bytes()[4];
                line.push(if byte == b'\n' || byte == b'\r' { b'.' } else { byte });
            }
            line.push(b'\n');
            sender.write_all(&line).expect("the line takes it");
        }
    });
    for number in 0..count {
        let answer = wire.hear();
        assert!(answer.starts_with("DENY "), "line {number}: {answer}");
    }
    flood.join().expect("all was sent");
    let answer = wire.ask(token.as_bytes());
    assert_eq!(answer, "OPEN sub=alice exp=1700003600", "after {count} lines of garbage");
    println!("counted: {count} lines of garbage, each refused, and the door opens");
}
