//! The keys of a running issuer: signing, the published document, verification in the same process.

use crate::samples::{ISSUER, NOW, grant};
use glowband_core::Refusal;
use glowband_issue::{
    AccessToken, Algorithm, Grant, IssuerKey, IssuerKeys, IssuerKeysError, JwksDocument, KeyPlan, RotationSchedule,
    SignError, Signer, SigningKey, SigningKeyReader, UnixSeconds,
};
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Keys are announced for 100 s and retire for 60 s.
fn schedule() -> RotationSchedule {
    let seconds = Duration::from_secs;
    RotationSchedule::new(seconds(1000), seconds(100), seconds(60)).unwrap()
}

fn key(algorithm: Algorithm, kid: &str, active_from: u64) -> IssuerKey {
    let generated = SigningKey::generate(algorithm, Some(kid)).unwrap();
    let key = SigningKeyReader::new().parse(generated.private_jwk().as_bytes()).unwrap();
    let plan = KeyPlan { active_from: after(active_from), ..KeyPlan::at_once(NOW, &schedule()) };
    IssuerKey::new(Arc::new(key), plan).unwrap()
}

fn after(seconds: u64) -> UnixSeconds {
    UnixSeconds(NOW.0 + seconds)
}

fn published(document: &JwksDocument) -> Vec<String> {
    let document: Value = serde_json::from_str(document.json()).unwrap();
    document["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn tokens_of_every_published_key_are_accepted() {
    for algorithm in [Algorithm::Es256, Algorithm::Hs256, Algorithm::EdDsa] {
        let two = vec![key(algorithm, "b", 100), key(algorithm, "a", 0)];
        let keys = IssuerKeys::new(two, schedule(), NOW).unwrap();
        let verifier = HostVerifier::new(keys.verifying().clone(), OwnedPolicy::issuer(ISSUER).audience("api"));
        for (moment, kid) in [(0, "a"), (99, "a"), (100, "b"), (5000, "b")] {
            let signer = keys.signer(after(moment)).unwrap();
            assert_eq!(signer.key_id(), Some(kid));
            let grant = Grant { issued_at: after(moment), ..grant() };
            let token = AccessToken::new(grant, "api").sign(&signer).await.unwrap();
            let verified = verifier.verify_at(token.as_str().as_bytes(), after(moment)).unwrap();
            assert_eq!(verified.key_id(), Some(kid));
        }
    }
}

#[test]
fn the_document_has_announced_active_and_retiring_keys_without_private_parts() {
    let (first, second) = (key(Algorithm::Es256, "first", 0), key(Algorithm::Rs256, "second", 100));
    let secret = key(Algorithm::Hs256, "secret", 50);
    let keys = IssuerKeys::new(vec![second, secret, first], schedule(), NOW).unwrap();
    for (moment, kids) in [
        (0, &["first", "second"][..]),
        (60, &["first", "second"]),
        // It retired at 50 s, when the secret became active, and is gone 60 s later.
        (110, &["second"]),
        (9999, &["second"]),
    ] {
        let document = keys.jwks(after(moment));
        assert_eq!(published(&document), kids, "{moment}");
        let shown: Value = serde_json::from_str(document.json()).unwrap();
        for key in shown["keys"].as_array().unwrap() {
            let members = key.as_object().unwrap();
            assert!(["d", "p", "q", "dp", "dq", "qi", "k", "rotation"].iter().all(|name| !members.contains_key(*name)));
            assert_eq!(members["use"], "sig");
        }
        let read = KeyReader::new().jwks(document.json().as_bytes()).unwrap();
        assert!(read.len() == kids.len() && read.skipped().is_empty());
        assert_eq!(document.cache_control(), "public, max-age=50");
    }
}

#[tokio::test]
async fn a_gone_key_is_removed_and_unchanged_keys_are_kept() {
    let keys = IssuerKeys::new(vec![key(Algorithm::Es256, "a", 0)], schedule(), NOW).unwrap();
    let token = AccessToken::new(grant(), "api").sign(&keys.signer(NOW).unwrap()).await.unwrap();
    let verifier = HostVerifier::new(keys.verifying().clone(), OwnedPolicy::issuer(ISSUER).audience("api"));
    let verdict = |moment| verifier.verify_at(token.as_str().as_bytes(), after(moment)).map(drop);
    let generation = || keys.verifying().snapshot().generation();
    let before = generation();
    keys.refresh(after(50));
    keys.replace(keys.keys().to_vec(), after(50)).unwrap();
    assert_eq!(generation(), before, "the same keys keep their tables and their cache");

    let next = key(Algorithm::Es256, "b", 100);
    keys.replace([keys.keys().to_vec(), vec![next]].concat(), after(90)).unwrap();
    assert_eq!((generation(), verdict(159)), (before + 1, Ok(())));
    keys.refresh(after(159));
    assert_eq!(verdict(159), Ok(()));
    keys.refresh(after(160));
    assert_eq!(verdict(160), Err(Refusal::KeyNotFound));
}

#[test]
fn every_key_needs_a_different_kid() {
    let secret = SigningKeyReader::new().secret(&[7; 32]).unwrap();
    let nameless = IssuerKey::new(Arc::new(secret), KeyPlan::at_once(NOW, &schedule()));
    assert_eq!(nameless.err(), Some(IssuerKeysError::MissingKid));
    let keys = IssuerKeys::new(vec![key(Algorithm::Es256, "a", 0)], schedule(), NOW).unwrap();
    let twice = vec![key(Algorithm::Es256, "b", 0), key(Algorithm::Es256, "b", 1)];
    assert_eq!(keys.replace(twice, NOW), Err(IssuerKeysError::DuplicateKid("b".to_owned())));
    assert_eq!(keys.signer(NOW).unwrap().key_id(), Some("a"), "the old keys stay in use");
}

#[test]
fn signing_without_a_key_is_an_error() {
    let keys = IssuerKeys::new(Vec::new(), schedule(), NOW).unwrap();
    assert_eq!(keys.signer(NOW).err(), Some(SignError::NoKey));
    assert_eq!(keys.jwks(NOW).json(), r#"{"keys":[]}"#);
    assert_eq!(keys.due(NOW).len(), 1);
}

#[test]
fn debug_shows_only_kids_and_plans() {
    let keys = IssuerKeys::new(vec![key(Algorithm::Es256, "a", 0)], schedule(), NOW).unwrap();
    let shown = format!("{keys:?}");
    assert!(shown.contains("\"a\"") && !shown.contains("\"d\""), "{shown}");
}
