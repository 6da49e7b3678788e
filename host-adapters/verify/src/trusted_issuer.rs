//! One issuer: the keys that verify its tokens, and the policy for them.

use crate::host_batch::scratch_for;
use crate::live_keys::{LiveKeys, Snapshot};
use crate::policy::OwnedPolicy;
#[cfg(feature = "remote")]
use crate::remote::RemoteKeySet;
use crate::verified_token::{Places, VerifiedToken};
use glowband_core::{Refusal, UnixSeconds};

/// An issuer with its own keys and its own policy, for [`HostVerifier::for_issuers`](crate::HostVerifier::for_issuers).
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    keys: LiveKeys,
    policy: OwnedPolicy,
    #[cfg(feature = "remote")]
    remote: Option<RemoteKeySet>,
}

impl TrustedIssuer {
    /// Creates an issuer with these keys.
    pub fn new(keys: impl Into<LiveKeys>, policy: OwnedPolicy) -> Self {
        Self {
            keys: keys.into(),
            policy,
            #[cfg(feature = "remote")]
            remote: None,
        }
    }

    /// Creates an issuer whose keys are fetched from its address.
    #[cfg(feature = "remote")]
    pub fn remote(keys: RemoteKeySet, policy: OwnedPolicy) -> Self {
        Self { remote: Some(keys.clone()), ..Self::new(keys.keys().clone(), policy) }
    }

    /// Returns the keys, which can be replaced while the verifier runs.
    pub fn keys(&self) -> &LiveKeys {
        &self.keys
    }

    /// Returns the policy for the issuer's tokens.
    pub fn policy(&self) -> &OwnedPolicy {
        &self.policy
    }

    /// Returns the fetched key set; `None` for keys that were not fetched.
    #[cfg(feature = "remote")]
    pub fn remote_keys(&self) -> Option<&RemoteKeySet> {
        self.remote.as_ref()
    }

    /// Returns true if there is at least one key.
    pub fn has_keys(&self) -> bool {
        !self.keys.snapshot().keys().is_empty()
    }

    /// Returns true if the keys are fetched and the latest fetch failed. A missing key may then exist at the issuer.
    pub fn is_unreachable(&self) -> bool {
        #[cfg(feature = "remote")]
        if let Some(remote) = &self.remote {
            return remote.status().last_error.is_some();
        }
        false
    }

    pub(crate) fn verify(
        &self,
        keys: &Snapshot,
        token: &[u8],
        now: Option<UnixSeconds>,
    ) -> Result<VerifiedToken, Refusal> {
        let mut scratch = scratch_for(token, &self.policy);
        let places = self.policy.with(|policy| {
            let token = self.policy.verify_signature(keys.keys(), token, &mut scratch)?;
            Ok(Places::of(&self.policy.validate_by(policy, token, now)?))
        })?;
        Ok(VerifiedToken::new(scratch, places))
    }
}
