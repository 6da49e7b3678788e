//! Several issuers, each with the keys that it publishes.

use crate::issuer::{Answer, Issuer};
use crate::signer::{AUDIENCE, ISSUER, Signer, jwks, policy};
use crate::traffic::block_on;
use glowband_core::Refusal;
use glowband_verify::{HostVerifier, OwnedPolicy, RemoteKeySet, TrustedIssuer};
use std::time::Duration;

const KEYS: &str = "/jwks.json";
const OTHER: &str = "https://other.example";

fn ready(issuer: &Issuer) -> RemoteKeySet {
    let keys = RemoteKeySet::jwks(issuer.url(KEYS)).root_certificates(issuer.root()).start().unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    keys
}

/// Only the issuer that a token names is asked for its key.
#[test]
fn a_token_causes_fetches_at_its_own_issuer_alone() {
    let (one, other) = (Issuer::https(), Issuer::https());
    let (signer, stranger) = (Signer::new("a"), Signer::new("b"));
    one.answer(KEYS, Answer::Document(jwks(&[&signer])));
    other.answer(KEYS, Answer::Document(jwks(&[&stranger])));
    let (keys, other_keys) = (ready(&one), ready(&other));
    let trusted = [
        TrustedIssuer::remote(keys.clone(), policy()),
        TrustedIssuer::remote(other_keys.clone(), OwnedPolicy::issuer(OTHER).audience(AUDIENCE)),
    ];
    let verifier = HostVerifier::for_issuers(trusted).unwrap();
    assert!(verifier.verify_blocking(&signer.token()).is_ok());
    assert!(verifier.verify_blocking(&stranger.token_of(OTHER)).is_ok());
    let before = (one.asked(KEYS), other.asked(KEYS));
    // An issuer that is not configured, with a kid that no issuer has: no fetch at all.
    let late = Signer::new("late");
    for issuer in ["https://elsewhere.example", "", ISSUER.trim_end_matches('e')] {
        let token = late.token_of(issuer);
        assert_eq!(verifier.verify_blocking(&token).err(), Some(Refusal::IssuerMismatch));
        assert_eq!(block_on(verifier.verify_fetching(&token)).err(), Some(Refusal::IssuerMismatch));
        assert!(!verifier.may_miss_keys_for(&token));
    }
    assert_eq!((one.asked(KEYS), other.asked(KEYS)), before);
    // The other issuer has published the key meanwhile: it alone is asked.
    other.answer(KEYS, Answer::Document(jwks(&[&stranger, &late])));
    assert!(verifier.verify_blocking(&late.token_of(OTHER)).is_ok());
    assert_eq!((one.asked(KEYS), other.asked(KEYS)), (before.0, before.1 + 1));
    // A single issuer is not asked for the key of another's token either.
    let single = HostVerifier::remote(keys, policy());
    let before = one.asked(KEYS);
    assert_eq!(single.verify_blocking(&Signer::new("never").token_of(OTHER)).err(), Some(Refusal::KeyNotFound));
    assert_eq!(one.asked(KEYS), before);
}
