//! Who comes in, and who does not.

use crate::signer::{NOW, Signer};
use crate::stage::Stage;

fn ready(more: &str) -> (Stage, Signer, Signer) {
    let (owner, issuer) = (Signer::es256("owner", 1), Signer::es256("a", 2));
    let mut stage = Stage::new();
    assert_eq!(stage.heard(), ["READY start=1"]);
    assert_eq!(stage.ask(&owner.provision(&[&issuer], more)), "PROVISIONED door=door-42");
    assert_eq!(owner.set_clock(&mut stage, NOW), format!("TIME {NOW}"));
    (stage, owner, issuer)
}

#[test]
fn a_good_token_opens_for_its_time_and_another_line_meanwhile_finds_it_busy() {
    let (mut stage, _, issuer) = ready(r#","open_ms":1000"#);
    let token = issuer.opens("alice", "");
    assert!(!stage.is_open());
    let answer = stage.ask(&token);
    assert_eq!(answer, format!("OPEN sub=alice exp={}", NOW + 600));
    assert!(stage.is_open());
    assert_eq!(stage.ask(&token), "BUSY");
    assert_eq!(stage.ask("NONCE"), "BUSY");
    stage.wait(2000);
    assert!(!stage.is_open());
    let levels = stage.world.borrow().levels.clone();
    let &[(opened, true), (closed, false)] = levels.as_slice() else { panic!("{levels:?}") };
    assert_eq!(closed - opened, 1000);
    assert_eq!(stage.ask(&token), answer, "it may be used again");
}

#[test]
fn every_refusal_leaves_the_pin_low_and_has_its_number() {
    let (mut stage, owner, issuer) = ready("");
    let good = issuer.opens("alice", "");
    let changed = good.replacen("eyJpc3M", "eyJpc3N", 1);
    let claims = |claims: &str| issuer.token("JWT", claims);
    let stranger = Signer::es256("a", 9);
    for (line, answer) in [
        (changed, "DENY 17 bad_signature"),
        (stranger.opens("alice", ""), "DENY 17 bad_signature"),
        (Signer::es256("b", 2).opens("alice", ""), "DENY 15 key_not_found"),
        (Signer::hs256("a", 2).opens("alice", ""), "DENY 16 algorithm_mismatch"),
        (owner.opens("alice", ""), "DENY 41 token_type_mismatch"),
        (claims(r#"{"iss":"https://id.example","aud":"door-42","exp":1699999000}"#), "DENY 45 expired"),
        (claims(r#"{"iss":"https://id.example","aud":"door-42"}"#), "DENY 42 expiry_missing"),
        (claims(r#"{"iss":"https://id.example","aud":"door-7","exp":1700000600}"#), "DENY 37 audience_mismatch"),
        (issuer.key_update(2, &[&issuer], ""), "DENY 35 issuer_mismatch"),
        ("hello".to_owned(), "DENY 2 segment_count"),
        ("PROVISION".to_owned(), "DENY 2 segment_count"),
        (owner.provision(&[&stranger], ""), "DENY 201 already_provisioned"),
    ] {
        assert_eq!(stage.ask(&line), answer, "{line}");
    }
    assert!(stage.world.borrow().levels.is_empty());
    assert!(stage.ask(&good).starts_with("OPEN "));
}

#[test]
fn a_door_without_an_owner_or_without_the_time_never_opens() {
    let (owner, issuer) = (Signer::hs256("owner", 1), Signer::hs256("a", 2));
    let token = issuer.opens("alice", "");
    let mut stage = Stage::new();
    assert_eq!(stage.ask(&token), "DENY 200 not_provisioned");
    assert_eq!(stage.ask("STATUS"), "STATUS door=- keys=0 denylist=0 time=unknown");
    assert_eq!(stage.ask(&owner.provision(&[&issuer], "")), "PROVISIONED door=door-42");
    assert_eq!(stage.ask(&token), "DENY 49 clock_unknown");
    assert_eq!(owner.set_clock(&mut stage, NOW), format!("TIME {NOW}"));
    assert!(stage.ask(&token).starts_with("OPEN "));
    let mut stage = stage.reset();
    assert_eq!(stage.ask(&token), "DENY 49 clock_unknown");
    assert_eq!(stage.ask("STATUS"), "STATUS door=door-42 keys=1 denylist=0 time=unknown");
    assert!(!stage.is_open() && stage.world.borrow().levels.is_empty());
}

#[test]
fn a_one_time_token_opens_once_over_resets_too() {
    let (mut stage, owner, issuer) = ready(r#","one_time":true,"open_ms":5"#);
    let once = issuer.opens("alice", r#","jti":"1""#);
    assert_eq!(stage.ask(&issuer.opens("alice", "")), "DENY 44 token_id_missing");
    assert!(stage.ask(&once).starts_with("OPEN "));
    stage.wait(10);
    assert_eq!(stage.ask(&once), "DENY 50 replayed");
    assert!(stage.ask(&issuer.opens("bob", r#","jti":"2""#)).starts_with("OPEN "));
    let mut stage = stage.reset();
    owner.set_clock(&mut stage, NOW);
    assert_eq!(stage.ask(&once), "DENY 45 expired", "it may have been used, so it is over");
    let later = r#"{"iss":"https://id.example","aud":"door-42","sub":"eve","jti":"3","exp":1700000700}"#;
    assert!(stage.ask(&issuer.token("JWT", later)).starts_with("OPEN sub=eve"));
}

#[test]
fn a_one_time_token_that_lives_too_long_does_not_block_other_tokens() {
    let (mut stage, _, issuer) = ready(r#","one_time":true"#);
    let until = |end: u64| format!(r#"{{"iss":"https://id.example","aud":"door-42","jti":"1","exp":{end}}}"#);
    assert_eq!(stage.ask(&issuer.token("JWT", &until(NOW + 3601))), "DENY 208 lives_too_long");
    assert!(stage.ask(&issuer.token("JWT", &until(NOW + 3600))).starts_with("OPEN sub=- "));
}

#[test]
fn a_full_window_keeps_the_door_shut() {
    let (mut stage, _, issuer) = ready(r#","one_time":true,"open_ms":5"#);
    for number in 0..door::capacity::REDEEMED {
        let token = issuer.opens("alice", &format!(r#","jti":"{number}""#));
        assert!(stage.ask(&token).starts_with("OPEN "), "{number}");
        stage.wait(10);
    }
    assert_eq!(stage.ask(&issuer.opens("alice", r#","jti":"x""#)), "DENY 51 replay_window_full");
}

#[test]
fn what_a_subject_is_called_cannot_look_like_a_line_of_the_doors() {
    let (mut stage, _, issuer) = ready("");
    let answer = stage.ask(&issuer.opens(r"a b\r\nOPEN sub=\u00e9", ""));
    assert_eq!(answer, format!(r"OPEN sub=a\u{{20}}b\u{{d}}\u{{a}}OPEN\u{{20}}sub=\u{{e9}} exp={}", NOW + 600));
}
