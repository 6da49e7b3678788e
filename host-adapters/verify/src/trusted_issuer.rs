//! One issuer: the keys that may sign its tokens, and what those tokens must say.

use crate::host_batch::room_for;
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
    /// An issuer with keys that are at hand.
    pub fn new(keys: impl Into<LiveKeys>, policy: OwnedPolicy) -> Self {
        Self {
            keys: keys.into(),
            policy,
            #[cfg(feature = "remote")]
            remote: None,
        }
    }

    /// An issuer with the keys that it publishes.
    #[cfg(feature = "remote")]
    pub fn remote(keys: RemoteKeySet, policy: OwnedPolicy) -> Self {
        Self { remote: Some(keys.clone()), ..Self::new(keys.keys().clone(), policy) }
    }

    /// The keys, to replace them or to look at them.
    pub fn keys(&self) -> &LiveKeys {
        &self.keys
    }

    /// What the issuer's tokens must say.
    pub fn policy(&self) -> &OwnedPolicy {
        &self.policy
    }

    /// The key set that is fetched; `None` for keys from elsewhere.
    #[cfg(feature = "remote")]
    pub fn remote_keys(&self) -> Option<&RemoteKeySet> {
        self.remote.as_ref()
    }

    /// Whether there are keys to judge by.
    pub fn has_keys(&self) -> bool {
        !self.keys.snapshot().keys().is_empty()
    }

    /// Whether the keys are fetched and the latest fetch failed: a key that is missing may well exist then.
    pub fn is_unreachable(&self) -> bool {
        #[cfg(feature = "remote")]
        if let Some(remote) = &self.remote {
            return remote.status().last_error.is_some();
        }
        false
    }

    pub(crate) fn prove(
        &self,
        keys: &Snapshot,
        token: &[u8],
        now: Option<UnixSeconds>,
    ) -> Result<VerifiedToken, Refusal> {
        let mut room = room_for(token, &self.policy);
        let start = room.as_ptr().addr();
        let places = self.policy.with(|policy| {
            let proven = self.policy.verify_signature(keys.keys(), token, &mut room)?;
            Ok(Places::of(&self.policy.judge_by(policy, proven, now)?, start))
        })?;
        Ok(VerifiedToken::new(room, places))
    }
}
