//! What a serial line may bring: long lines, noise, halves, glue, a flood. The door stays alive and stays right.

use super::emulator::Emulator;
use super::owned::Owned;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

/// How many lines of garbage: `GLOWBAND_GARBAGE` in the environment says otherwise.
const GARBAGE: usize = 100_000;

#[test]
fn the_line_may_bring_what_it_likes() {
    let Some(images) = super::images() else { return };
    let mut emulator = Emulator::start(&images.join("door"));
    let mut wire = emulator.wire();
    let Owned { token, .. } = Owned::provision(&mut wire);
    let mut said = String::new();
    let mut note = |what: &str, answer: &str| {
        let _ = writeln!(said, "{what}: {answer}");
    };
    note("a token", &wire.ask(token.as_bytes()));
    wire.until_shut();
    note("10 kB", &wire.ask(&[b'A'; 10_000]));
    note("10 kB and a token", &wire.ask(format!("{}{token}", "A".repeat(10_000)).as_bytes()));
    let noise: Vec<u8> = (0..=255_u8).filter(|byte| *byte != b'\n').collect();
    note("every byte but one", &wire.ask(&noise));
    note("two tokens glued", &wire.ask(format!("{token}{token}").as_bytes()));
    let (half, rest) = token.split_at(token.len() / 2);
    // The door counts two seconds, which are more on a busy machine.
    let mut after_silence = String::new();
    for seconds in [4, 20, 100] {
        wire.send(half.as_bytes());
        std::thread::sleep(Duration::from_secs(seconds));
        after_silence = wire.ask(rest.as_bytes());
        if !after_silence.starts_with("OPEN ") {
            break;
        }
        wire.until_shut();
    }
    note("half a token, silence, the other half", &after_silence);
    note("a token", &wire.ask(token.as_bytes()));
    wire.until_shut();
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
