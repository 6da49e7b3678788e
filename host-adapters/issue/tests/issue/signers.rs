//! Signers other than keys in memory.

use crate::samples::{ISSUER, Pair, grant};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use glowband_issue::{
    AccessToken, Algorithm, IssueError, PublicKey, SignError, SignFuture, Signer, ecdsa_from_der, sign_compact,
};
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
use std::sync::Arc;

/// A key service that answers asynchronously and in DER.
struct Service {
    pair: EcdsaKeyPair,
    converts: bool,
    refuses: Option<SignError>,
}

impl Service {
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { pair, converts: true, refuses: None }
    }
}

impl Signer for Service {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn key_id(&self) -> Option<&str> {
        Some("projects/1/keys/\"2\"")
    }

    fn public_key(&self) -> Option<PublicKey> {
        Some(PublicKey::P256(self.pair.public_key().as_ref().to_vec()))
    }

    fn sign<'a>(&'a self, signing_input: &'a [u8]) -> SignFuture<'a> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            if let Some(error) = self.refuses {
                return Err(error);
            }
            let der = self.pair.sign(&SystemRandom::new(), signing_input).map_err(|_| SignError::Unavailable)?;
            if self.converts { ecdsa_from_der(Algorithm::Es256, der.as_ref()) } else { Ok(der.as_ref().to_vec()) }
        })
    }
}

#[tokio::test]
async fn the_public_jwk_verifies_what_a_key_service_signs() {
    // Enough signatures to include numbers with leading zeros.
    let service: Arc<dyn Signer> = Arc::new(Service::new());
    let keys = KeyReader::new().parse(service.public_jwk().unwrap().as_bytes()).unwrap();
    assert_eq!(keys.iter().next().unwrap().0, Some(&b"projects/1/keys/\"2\""[..]));
    let verifier = HostVerifier::new(keys, OwnedPolicy::issuer(ISSUER).audience("api"));
    for _ in 0..600 {
        let token = AccessToken::new(grant(), "api").sign(&service).await.unwrap();
        let verified = verifier.verify_at(token.as_str().as_bytes(), grant().issued_at).unwrap();
        assert_eq!(verified.key_id(), service.key_id());
    }
}

#[tokio::test]
async fn a_signature_in_der_is_refused() {
    let service = Service { converts: false, ..Service::new() };
    let error = AccessToken::new(grant(), "api").sign(&service).await.unwrap_err();
    assert_eq!(error, IssueError::Sign(SignError::Malformed));
    assert!(error.to_string().contains("not DER"), "{error}");
}

#[tokio::test]
async fn the_signers_error_is_returned() {
    for error in [SignError::Unavailable, SignError::Refused] {
        let service = Service { refuses: Some(error), ..Service::new() };
        assert_eq!(sign_compact(&service, None, b"x").await, Err(error));
        assert_eq!(AccessToken::new(grant(), "api").sign(&service).await.err(), Some(IssueError::Sign(error)));
    }
}

#[tokio::test]
async fn both_ways_to_sign_give_the_same_token() {
    for algorithm in Algorithm::ALL {
        let pair = Pair::new(*algorithm);
        let waited = sign_compact(&pair.key, Some("x"), b"payload").await.unwrap();
        let at_once = pair.key.sign_compact(Some("x"), pair.key.key_id(), b"payload").unwrap();
        let input = |token: &str| token.rsplit_once('.').unwrap().0.to_owned();
        assert_eq!(input(&waited), input(&at_once));
    }
}

#[test]
fn tokens_can_be_signed_on_any_thread() {
    fn is_send<T: Send>(_: T) {}
    let pair = Pair::new(Algorithm::Hs256);
    is_send(AccessToken::new(grant(), "api").sign(&pair.key));
}
