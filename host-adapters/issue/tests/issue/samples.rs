//! Test keys and grants.

use glowband_issue::{Algorithm, Grant, Signer, SigningKey, SigningKeyReader, UnixSeconds};
use glowband_verify::{HostVerifier, KeyReader, KeySet, OwnedPolicy, VerifiedToken};
use std::time::Duration;

pub(crate) const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
pub(crate) const ISSUER: &str = "https://id.example";

/// A signing key and its verification keys.
pub(crate) struct Pair {
    pub(crate) key: SigningKey,
    verifying: String,
}

impl Pair {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let generated = SigningKey::generate(algorithm, None).unwrap();
        let key = SigningKeyReader::new().parse(generated.private_jwk().as_bytes()).unwrap();
        let verifying = generated.public_jwk().unwrap_or(generated.private_jwk()).to_owned();
        assert_eq!(generated.public_jwk(), key.public_jwk().as_deref());
        Self { key, verifying }
    }

    pub(crate) fn keys(&self) -> KeySet {
        KeyReader::new().parse(self.verifying.as_bytes()).unwrap()
    }

    /// Verifies the token with this policy.
    #[track_caller]
    pub(crate) fn verified(&self, policy: OwnedPolicy, token: &str) -> VerifiedToken {
        HostVerifier::new(self.keys(), policy).verify_at(token.as_bytes(), NOW).unwrap()
    }
}

pub(crate) fn grant() -> Grant<'static> {
    Grant { issuer: ISSUER, subject: "alice", client_id: "web", issued_at: NOW, lifetime: Duration::from_secs(600) }
}
