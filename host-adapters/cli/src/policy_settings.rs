//! What tokens must say and how much work one may cause, as the command line, a batch and the gate's policy file set it.

use glowband_core::{Algorithm, Limits, MAX_KEYS_TRIED};
use glowband_verify::{HOST_LIMITS, OwnedPolicy};

/// The settings of one policy. Empty lists expect nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicySettings {
    /// Of which `iss` is one.
    pub(crate) issuers: Vec<String>,
    /// What may stand in the place of `{tenantid}` in the issuer.
    pub(crate) tenants: Vec<String>,
    /// Of which `aud` is or contains one.
    pub(crate) audiences: Vec<String>,
    /// Of which `sub` is one.
    pub(crate) subjects: Vec<String>,
    /// With one of which `sub` may begin instead.
    pub(crate) subject_prefixes: Vec<String>,
    /// Of which `typ` is one.
    pub(crate) token_types: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    /// Seconds by which clocks may differ.
    pub(crate) leeway: u64,
    /// Seconds ago that a token may have been issued.
    pub(crate) max_age: Option<u64>,
    pub(crate) allow_missing_expiry: bool,
    pub(crate) danger_allow_padding: bool,
    pub(crate) limits: LimitSettings,
}

/// How much work one token may cause; what is not set is as hosts have it by default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LimitSettings {
    pub(crate) token_bytes: Option<usize>,
    pub(crate) members: Option<u16>,
    pub(crate) keys_tried: Option<u8>,
}

impl PolicySettings {
    /// The policy.
    ///
    /// # Errors
    /// What is wrong with the issuer or the tenants, and what is allowed.
    pub(crate) fn policy(&self) -> Result<OwnedPolicy, String> {
        let policy = match (self.issuers.as_slice(), self.tenants.as_slice()) {
            ([template], [_, ..]) => {
                OwnedPolicy::tenants(template, &self.tenants).map_err(|error| error.to_string())?
            }
            (_, [_, ..]) => {
                return Err("a list of tenants goes with exactly one issuer, which has {tenantid} in it".into());
            }
            ([], []) => OwnedPolicy::danger_any_issuer(),
            ([issuer], []) => OwnedPolicy::issuer(issuer),
            (several, []) => OwnedPolicy::any_issuer_of(several),
        };
        let policy = match self.audiences.as_slice() {
            [] => policy.danger_any_audience(),
            [audience] => policy.audience(audience),
            several => policy.any_audience_of(several),
        };
        let mut policy = policy.leeway(self.leeway).limits(self.limits.limits());
        if !self.subjects.is_empty() {
            policy = policy.any_subject_of(&self.subjects);
        }
        policy = self.subject_prefixes.iter().fold(policy, OwnedPolicy::subject_prefix);
        policy = match self.token_types.as_slice() {
            [] => policy,
            [token_type] => policy.token_type(token_type),
            several => policy.any_token_type_of(several),
        };
        if !self.algorithms.is_empty() {
            policy = policy.algorithms(self.algorithms.iter().copied());
        }
        if let Some(age) = self.max_age {
            policy = policy.maximum_age(age);
        }
        if self.danger_allow_padding {
            policy = policy.danger_allow_padding();
        }
        Ok(if self.allow_missing_expiry { policy.allow_missing_expiry() } else { policy })
    }

    /// Refuses an issuer with a placeholder that no list of tenants fills: no token's `iss` would ever match it.
    ///
    /// # Errors
    /// Which issuer, and what is allowed.
    pub(crate) fn refuse_placeholders(&self) -> Result<(), String> {
        if !self.tenants.is_empty() {
            return Ok(());
        }
        match self.issuers.iter().find(|issuer| issuer.contains(['{', '}'])) {
            Some(issuer) => Err(format!(
                "the issuer {issuer:?} has a placeholder, and no token's iss matches it; allowed is one {{tenantid}} with a \
                 list of tenants (GUIDs)"
            )),
            None => Ok(()),
        }
    }
}

impl LimitSettings {
    /// The most bytes of a token that can be set.
    pub(crate) const MOST_TOKEN_BYTES: usize = 1 << 20;

    pub(crate) fn limits(self) -> Limits {
        let mut limits = HOST_LIMITS;
        if let Some(bytes) = self.token_bytes {
            limits = limits.token_bytes(bytes);
        }
        if let Some(members) = self.members {
            limits = limits.member_count(members);
        }
        if let Some(keys) = self.keys_tried {
            limits = limits.keys_tried(keys);
        }
        limits
    }

    /// Refuses what cannot be set.
    ///
    /// # Errors
    /// Which limit, its value, and what is allowed; `name` gives each its name.
    pub(crate) fn check(self, name: impl Fn(&'static str) -> String) -> Result<(), String> {
        let most_keys = MAX_KEYS_TRIED;
        match self {
            Self { token_bytes: Some(bytes), .. } if bytes == 0 || bytes > Self::MOST_TOKEN_BYTES => Err(format!(
                "{} = {bytes} is not allowed; allowed: 1 to {}",
                name("token-bytes"),
                Self::MOST_TOKEN_BYTES
            )),
            Self { members: Some(0), .. } => {
                Err(format!("{} = 0 is not allowed; allowed: 1 to {}", name("members"), u16::MAX))
            }
            Self { keys_tried: Some(keys), .. } if keys == 0 || keys > most_keys => {
                Err(format!("{} = {keys} is not allowed; allowed: 1 to {most_keys}", name("keys-tried")))
            }
            _ => Ok(()),
        }
    }
}
