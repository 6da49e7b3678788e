//! What an issuer may publish: a JWK set, a JWK, PEM; public keys all of them.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks, policy};
use crate::traffic::eventually;
use glowband_core::Refusal;
use glowband_verify::{FetchError, FetchFault, HostVerifier, KeyFileError, RemoteKeySet};
use std::time::Duration;

const KEYS: &str = "/keys";
const SECRET: &str = r#"{"kty":"oct","kid":"secret","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#;

fn start(issuer: &Issuer, document: &str) -> RemoteKeySet {
    issuer.answer(KEYS, Answer::Document(document.to_owned()));
    RemoteKeySet::jwks(issuer.url(KEYS)).root_certificates(issuer.root()).start().unwrap()
}

#[test]
fn a_key_set_a_key_and_pem_are_read() {
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    for document in
        [jwks(&[&signer]), signer.jwk(), signer.pem(), format!("\n{}{}", Signer::new("b").pem(), signer.pem())]
    {
        let keys = start(&issuer, &document);
        keys.wait_ready(Duration::from_secs(15)).unwrap();
        let verifier = HostVerifier::remote(keys, policy());
        verifier.verify(&signer.token()).unwrap_or_else(|refusal| panic!("{refusal}: {document}"));
    }
}

#[test]
fn keys_that_share_a_kid_all_count() {
    let issuer = Issuer::https();
    let (one, other) = (Signer::new("same"), Signer::new("same"));
    let keys = start(&issuer, &jwks(&[&one, &other]));
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy());
    assert!(verifier.verify(&one.token()).is_ok() && verifier.verify(&other.token()).is_ok());
    assert_eq!(keys.status().keys, 2);
}

#[test]
fn a_secret_that_is_published_is_none() {
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    let keys = start(&issuer, &format!(r#"{{"keys":[{SECRET},{}]}}"#, signer.jwk()));
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy());
    assert!(verifier.verify(&signer.token()).is_ok());
    assert_eq!((keys.status().keys, keys.status().skipped), (1, 1));
    let snapshot = keys.keys().snapshot();
    let skipped = &snapshot.keys().skipped()[0];
    assert_eq!((skipped.kid.as_deref(), skipped.refusal()), (Some("secret"), Refusal::KeyUnsupported));

    // Alone it is no key set at all.
    for document in [SECRET.to_owned(), format!(r#"{{"keys":[{SECRET}]}}"#)] {
        let keys = start(&issuer, &document);
        let refused = |error: &FetchError| match error.fault() {
            FetchFault::NotKeys { error: KeyFileError::Refused(fault), .. } => {
                fault.refusal() == Refusal::KeyUnsupported
            }
            FetchFault::NotKeys { error: KeyFileError::NoUsableKey(skipped), .. } => skipped.len() == 1,
            _ => false,
        };
        eventually("refused", &keys, || keys.status().last_error.as_ref().is_some_and(refused));
        assert_eq!(keys.status().keys, 0);
    }
}
