//! What a serial line does to a door: noise, glue, silence, floods.

use crate::signer::{NOW, Signer};
use crate::stage::Stage;

fn ready() -> (Stage, String) {
    let (owner, issuer) = (Signer::hs256("owner", 1), Signer::hs256("a", 2));
    let mut stage = Stage::new();
    stage.ask(&owner.provision(&[&issuer], r#","open_ms":5"#));
    owner.set_clock(&mut stage, NOW);
    (stage, issuer.opens("alice", ""))
}

fn opens(stage: &mut Stage, token: &str) {
    assert!(stage.ask(token).starts_with("OPEN "));
    stage.wait(10);
    stage.heard();
}

#[test]
fn a_long_line_is_one_answer_and_its_tail_is_no_token() {
    let (mut stage, token) = ready();
    assert_eq!(stage.ask(&"A".repeat(10_000)), "LINE TOO LONG");
    assert_eq!(stage.ask(&format!("{}{token}", "A".repeat(10_000))), "LINE TOO LONG");
    opens(&mut stage, &token);
}

#[test]
fn half_a_token_and_silence_is_given_up() {
    let (mut stage, token) = ready();
    let (half, rest) = token.split_at(token.len() / 2);
    stage.send(half.as_bytes());
    stage.wait(door::SILENCE + 10);
    assert_eq!(stage.ask(rest), "LINE TOO LONG");
    opens(&mut stage, &token);
    stage.send(half.as_bytes());
    stage.wait(door::SILENCE / 2);
    assert!(stage.ask(rest).starts_with("OPEN "), "slow is not silent");
}

#[test]
fn glued_tokens_are_no_token() {
    let (mut stage, token) = ready();
    assert_eq!(stage.ask(&format!("{token}{token}")), "DENY 3 encrypted_token");
    assert_eq!(stage.ask(&format!("{token} {token}")), "DENY 3 encrypted_token");
    opens(&mut stage, &token);
    stage.send(format!("{token}\n{token}\r\n").as_bytes());
    let heard = stage.heard();
    assert!(heard.len() == 2 && heard.iter().all(|line| line.starts_with("OPEN ")), "{heard:?}");
}

#[test]
fn lost_bytes_void_their_line() {
    let (mut stage, token) = ready();
    let (half, rest) = token.split_at(token.len() / 2);
    stage.send(half.as_bytes());
    stage.world.borrow_mut().lost = true;
    assert_eq!(stage.ask(rest), "LINE TOO LONG");
    opens(&mut stage, &token);
}

#[test]
fn noise_never_opens_and_never_stops_the_door() {
    let (mut stage, token) = ready();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    for _ in 0..100_000 {
        let length = usize::from(noise()) % 40;
        let line: Vec<u8> = (0..length).map(|_| noise()).chain(*b"\n").collect();
        stage.send(&line);
    }
    assert!(stage.heard().iter().all(|line| line.starts_with("DENY ")));
    assert!(stage.world.borrow().levels.is_empty());
    stage.send(b"\n");
    stage.heard();
    opens(&mut stage, &token);
}

#[test]
fn the_watchdog_is_fed_by_the_main_loop_alone() {
    let (mut stage, _) = ready();
    let before = stage.world.borrow().fed;
    stage.step();
    assert_eq!(stage.world.borrow().fed, before + 1);
}
