//! What tokens must contain and how much work one token may cause: the settings that the command line, a batch request and
//! the policy file of the gate have in common.

use glowband_core::{Algorithm, Limits, MAX_KEYS_TRIED};
use glowband_verify::{HOST_LIMITS, OwnedPolicy};

/// The settings of one policy. An empty list allows any value.
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicySettings {
    /// The allowed values of `iss`.
    pub(crate) issuers: Vec<String>,
    /// The values that may replace `{tenantid}` in the issuer.
    pub(crate) tenants: Vec<String>,
    /// The allowed audiences; `aud` must be or contain one of them.
    pub(crate) audiences: Vec<String>,
    /// The allowed values of `sub`.
    pub(crate) subjects: Vec<String>,
    /// The prefixes that `sub` may have instead.
    pub(crate) subject_prefixes: Vec<String>,
    /// The allowed values of `typ`.
    pub(crate) token_types: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    /// How many seconds the clocks may differ.
    pub(crate) leeway: u64,
    /// The greatest age of a token in seconds, counted from `iat`.
    pub(crate) max_age: Option<u64>,
    pub(crate) allow_missing_expiry: bool,
    pub(crate) danger_allow_padding: bool,
    pub(crate) limits: LimitSettings,
}

/// How much work one token may cause. `None` is the default of hosts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LimitSettings {
    pub(crate) token_bytes: Option<usize>,
    pub(crate) members: Option<u16>,
    pub(crate) keys_tried: Option<u8>,
}

impl PolicySettings {
    /// Builds the policy.
    ///
    /// # Errors
    /// Returns what is wrong with the issuer or the tenants, and what is allowed.
    pub(crate) fn policy(&self) -> Result<OwnedPolicy, String> {
        let policy = match (self.issuers.as_slice(), self.tenants.as_slice()) {
            ([template], [_, ..]) => {
                OwnedPolicy::tenants(template, &self.tenants).map_err(|error| error.to_string())?
            }
            (_, [_, ..]) => {
                return Err("tenants need exactly one issuer that contains {tenantid}".into());
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

    /// Refuses an issuer with a placeholder but without tenants, because no token's `iss` would match it.
    ///
    /// # Errors
    /// Returns the issuer and what is allowed.
    pub(crate) fn refuse_placeholders(&self) -> Result<(), String> {
        if !self.tenants.is_empty() {
            return Ok(());
        }
        match self.issuers.iter().find(|issuer| issuer.contains(['{', '}'])) {
            Some(issuer) => Err(format!(
                "the issuer {issuer:?} contains a placeholder, which no token's iss matches; allowed: one {{tenantid}}, \
                 together with a list of tenants (GUIDs)"
            )),
            None => Ok(()),
        }
    }
}

impl LimitSettings {
    /// The greatest limit for the length of a token, in bytes.
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

    /// Checks that every limit is within its range.
    ///
    /// # Errors
    /// Returns the limit as named by `name`, its value, and what is allowed.
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
