//! What only the owner of a door can do to it.

use crate::signer::{NOW, Signer};
use crate::stage::Stage;

fn ready() -> (Stage, Signer, Signer) {
    let (owner, issuer) = (Signer::es256("owner", 1), Signer::hs256("a", 2));
    let mut stage = Stage::new();
    stage.ask(&owner.provision(&[&issuer], r#","open_ms":5"#));
    owner.set_clock(&mut stage, NOW);
    (stage, owner, issuer)
}

#[test]
fn a_time_token_answers_one_nonce_once_and_soon() {
    let (mut stage, owner, _) = ready();
    let nonce = |stage: &mut Stage| stage.ask("NONCE").strip_prefix("NONCE ").unwrap().to_owned();
    let first = nonce(&mut stage);
    let second = nonce(&mut stage);
    assert_ne!(first, second);
    let time = |nonce: &str, now: &str| owner.orders("door-time+jwt", &format!(r#""nonce":"{nonce}","now":{now}"#));
    assert_eq!(stage.ask(&time(&first, "1700000001")), "DENY 203 nonce_mismatch", "another was asked since");
    assert_eq!(stage.ask(&time(&second, "-1")), "DENY 204 update_malformed");
    assert_eq!(stage.ask(&time(&second, "1700000001")), "TIME 1700000001");
    assert_eq!(stage.ask(&time(&second, "1700000001")), "DENY 203 nonce_mismatch", "it was answered");
    let late = nonce(&mut stage);
    stage.wait(door::NONCE_LIFE + 10);
    assert_eq!(stage.ask(&time(&late, "1700000001")), "DENY 203 nonce_mismatch");
    let back = nonce(&mut stage);
    assert_eq!(stage.ask(&time(&back, "1600000000")), "TIME 1700000061", "never backwards");
    let recorded = time(&nonce(&mut stage), "1700000001");
    let mut stage = stage.reset();
    nonce(&mut stage);
    nonce(&mut stage);
    assert_eq!(stage.ask(&recorded), "DENY 203 nonce_mismatch", "no nonce comes twice, over resets too");
}

#[test]
fn a_newer_key_update_replaces_the_ring_and_survives_a_reset() {
    let (mut stage, owner, old) = ready();
    let (new, other) = (Signer::es256("b", 3), Signer::hs256("c", 4));
    let update = owner.key_update(2, &[&new, &other], "");
    assert_eq!(stage.ask(&update), "KEYS version=2 keys=2");
    assert_eq!(stage.ask(&update), "DENY 202 version_not_newer");
    assert_eq!(stage.ask(&owner.key_update(1, &[&old], "")), "DENY 202 version_not_newer");
    let mut stage = stage.reset();
    owner.set_clock(&mut stage, NOW);
    assert_eq!(stage.ask(&old.opens("alice", "")), "DENY 15 key_not_found");
    for signer in [&new, &other] {
        assert!(stage.ask(&signer.opens("alice", "")).starts_with("OPEN "));
        stage.wait(10);
    }
    let next = Signer::es256("owner-2", 5);
    let update = owner.key_update(3, &[&new], &format!(r#","owner":{}"#, next.jwk()));
    assert_eq!(stage.ask(&update), "KEYS version=3 keys=1");
    assert_eq!(stage.ask(&owner.key_update(4, &[&old], "")), "DENY 15 key_not_found");
    assert_eq!(stage.ask(&next.key_update(4, &[], "")), "KEYS version=4 keys=0");
    assert_eq!(stage.ask(&new.opens("alice", "")), "DENY 15 key_not_found");
}

#[test]
fn an_update_that_is_wrong_in_any_way_changes_nothing() {
    let (mut stage, owner, issuer) = ready();
    let before = stage.flash.steps();
    let keys: Vec<Signer> =
        ["1", "2", "3", "4"].into_iter().zip(20..).map(|(kid, at)| Signer::hs256(kid, at)).collect();
    let many: Vec<&Signer> = keys.iter().collect();
    let off_curve = format!(
        r#""version":2,"keys":[{{"kty":"EC","crv":"P-256","kid":"x","x":"{0}","y":"{0}"}}]"#,
        crate::signer::encode(&[7; 32])
    );
    let orders = |claims: &str| owner.orders("door-keys+jwt", claims);
    for (line, answer) in [
        (owner.key_update(2, &many, ""), "DENY 205 update_too_large"),
        (owner.key_update(2, &[&issuer, &issuer], ""), "DENY 204 update_malformed"),
        (owner.key_update(2, &[&owner], ""), "DENY 204 update_malformed"),
        (owner.key_update(0, &[&issuer], ""), "DENY 202 version_not_newer"),
        (orders(&off_curve), "DENY 56 point_invalid"),
        (orders(r#""version":2"#), "DENY 204 update_malformed"),
        (orders(r#""version":2,"keys":7"#), "DENY 204 update_malformed"),
        (orders(r#""version":2,"keys":[7]"#), "DENY 204 update_malformed"),
        (orders(r#""version":"2","keys":[]"#), "DENY 204 update_malformed"),
        (orders(r#""version":2,"keys":[{"kty":"oct","kid":"s","k":"AAAA"}]"#), "DENY 54 secret_too_short"),
        (orders(r#""version":2,"keys":[{"kty":"RSA","kid":"s","n":"AQ","e":"AQAB"}]"#), "DENY 58 key_unsupported"),
        (orders(r#""version":2,"keys":[],"leeway":-1"#), "DENY 204 update_malformed"),
        (orders(r#""version":2,"keys":[],"exp":1699999000"#), "DENY 45 expired"),
        (
            owner.token("door-keys+jwt", r#"{"iss":"door-owner","aud":"door-7","version":2,"keys":[]}"#),
            "DENY 37 audience_mismatch",
        ),
        (
            owner.token("JWT", r#"{"iss":"door-owner","aud":"door-42","version":2,"keys":[]}"#),
            "DENY 41 token_type_mismatch",
        ),
        (Signer::es256("owner", 8).key_update(2, &[], ""), "DENY 17 bad_signature"),
    ] {
        assert_eq!(stage.ask(&line), answer, "{line}");
    }
    assert_eq!(stage.flash.steps(), before, "nothing was written");
    assert!(stage.ask(&issuer.opens("alice", "")).starts_with("OPEN "));
}

#[test]
fn a_deny_list_revokes_subjects_and_tokens_until_the_next() {
    let (mut stage, owner, issuer) = ready();
    let list = |version: u32, more: &str| owner.orders("door-denylist+jwt", &format!(r#""version":{version}{more}"#));
    let first = list(1, r#","subjects":["mallory"],"tokens":["lost"]"#);
    assert_eq!(stage.ask(&first), "DENYLIST version=1 entries=2");
    assert_eq!(stage.ask(&first), "DENY 202 version_not_newer");
    let mut stage = stage.reset();
    owner.set_clock(&mut stage, NOW);
    assert_eq!(stage.ask(&issuer.opens("mallory", "")), "DENY 206 revoked");
    assert_eq!(stage.ask(&issuer.opens("mall\\u006fry", "")), "DENY 206 revoked", "however it is written");
    assert_eq!(stage.ask(&issuer.opens("alice", r#","jti":"lost""#)), "DENY 206 revoked");
    assert!(stage.ask(&issuer.opens("alice", r#","jti":"kept""#)).starts_with("OPEN "));
    stage.wait(10);
    let many = vec![r#""x""#; door::capacity::DENIED + 1].join(",");
    assert_eq!(stage.ask(&list(2, &format!(r#","subjects":[{many}]"#))), "DENY 205 update_too_large");
    assert_eq!(stage.ask(&list(2, "")), "DENYLIST version=2 entries=0");
    assert!(stage.ask(&issuer.opens("mallory", "")).starts_with("OPEN "));
}

#[test]
fn a_door_belongs_to_the_first_person_who_proves_possession_of_the_key() {
    let (owner, issuer) = (Signer::es256("owner", 1), Signer::es256("a", 2));
    let mut stage = Stage::new();
    let line = owner.provision(&[&issuer], "");
    let other = format!("PROVISION {} {}", Signer::es256("owner", 3).jwk(), line.rsplit(' ').next().unwrap());
    assert_eq!(stage.ask(&other), "DENY 17 bad_signature");
    assert_eq!(stage.ask("PROVISION {} x"), "DENY 57 jwk_malformed");
    assert_eq!(stage.ask(&owner.provision(&[&issuer], r#","one_time":1"#)), "DENY 204 update_malformed");
    assert_eq!(stage.ask(&line), "PROVISIONED door=door-42");
    assert_eq!(stage.reset().ask(&line), "DENY 201 already_provisioned");
}
