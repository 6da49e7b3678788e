//! What a token must contain: the flags of `verify`, which the members of a batch request can replace.

use super::Stop;
use crate::policy_settings::{LimitSettings, PolicySettings};
use glowband_core::{Clock, UnixSeconds};
use glowband_text::duration;
use glowband_verify::{OwnedPolicy, SystemClock};

#[derive(clap::Args, Default)]
#[command(next_help_heading = "Expectations")]
pub(super) struct Flags {
    /// Expected issuer (iss), compared byte by byte. Repeat the flag to allow several issuers
    #[arg(long, value_name = "ISSUER")]
    iss: Vec<String>,
    /// A tenant (GUID) that may replace {tenantid} in --iss; tid must be the same. Can be repeated
    #[arg(long, value_name = "GUID", requires = "iss")]
    tenant: Vec<String>,
    /// Expected audience: aud must be or contain it. Repeat the flag to allow several audiences
    #[arg(long, value_name = "AUDIENCE")]
    aud: Vec<String>,
    /// Expected subject (sub). Repeat the flag to allow several subjects
    #[arg(long, value_name = "SUBJECT")]
    sub: Vec<String>,
    /// Expected token type (typ in the header), such as at+jwt. Repeat the flag to allow several types
    #[arg(long, value_name = "TYPE")]
    typ: Vec<String>,
    /// How much the clocks of issuer and verifier may differ: seconds, or 90s, 5m, 1h [default: 0]
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    leeway: Option<u64>,
    /// Refuse tokens that were issued (iat) longer ago than this: seconds, or 5m, 1h, 30d
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    max_age: Option<u64>,
    /// Check dates as of this time, in seconds since 1970 [default: the system's clock]
    #[arg(long, value_name = "UNIX", value_parser = duration::moment, allow_negative_numbers = true)]
    now: Option<u64>,
    /// Accept tokens without exp, which never expire
    #[arg(long)]
    allow_missing_expiry: bool,
    /// Accept tokens padded with `=`, which RFC 7515 forbids; load balancers of AWS send such tokens
    #[arg(long)]
    danger_allow_padding: bool,
    /// Refuse tokens longer than this [default: 65536]
    #[arg(long, value_name = "BYTES", help_heading = "Limits")]
    max_token_bytes: Option<usize>,
    /// Refuse tokens whose claims have more members than this; nested members count [default: 4096]
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    max_members: Option<u16>,
    /// Try at most this many keys per token: 1 to 16 [default: 16]
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    max_keys_tried: Option<u8>,
}

impl Flags {
    /// Returns the first given flag that only affects the check of claims.
    pub(super) fn about_claims(&self) -> Option<&'static str> {
        [
            ("--iss", !self.iss.is_empty()),
            ("--aud", !self.aud.is_empty()),
            ("--sub", !self.sub.is_empty()),
            ("--typ", !self.typ.is_empty()),
            ("--leeway", self.leeway.is_some()),
            ("--max-age", self.max_age.is_some()),
            ("--allow-missing-expiry", self.allow_missing_expiry),
            ("--max-members", self.max_members.is_some()),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }

    /// Returns the issuer with the placeholder `{tenantid}`, if tenants are given.
    pub(super) fn issuer_template(&self) -> Option<&str> {
        if self.tenant.is_empty() { None } else { self.iss.first().map(String::as_str) }
    }

    /// Returns the terms for tokens on the command line, which are the defaults for the requests of a batch.
    ///
    /// # Errors
    /// Returns which flag is wrong and what is allowed.
    pub(super) fn terms(&self, signature_only: bool) -> Result<Terms, Stop> {
        let limits = LimitSettings {
            token_bytes: self.max_token_bytes,
            members: self.max_members,
            keys_tried: self.max_keys_tried,
        };
        limits.check(|name| format!("--max-{name}")).map_err(Stop::Usage)?;
        let settings = PolicySettings {
            issuers: self.iss.clone(),
            tenants: self.tenant.clone(),
            audiences: self.aud.clone(),
            subjects: self.sub.clone(),
            token_types: self.typ.clone(),
            leeway: self.leeway.unwrap_or(0),
            max_age: self.max_age,
            allow_missing_expiry: self.allow_missing_expiry,
            danger_allow_padding: self.danger_allow_padding,
            limits,
            ..PolicySettings::default()
        };
        settings.refuse_placeholders().map_err(|error| Stop::Usage(format!("--iss: {error}; --tenant gives one")))?;
        let now = self.now.map(UnixSeconds);
        Terms::new(settings, now, signature_only).map_err(|error| Stop::Usage(format!("--tenant: {error}")))
    }
}

/// What one token is checked against.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) settings: PolicySettings,
    pub(super) policy: OwnedPolicy,
    pub(super) now: Option<UnixSeconds>,
    pub(super) signature_only: bool,
}

impl Terms {
    /// Builds the policy from these settings.
    ///
    /// # Errors
    /// Returns why the list of tenants cannot be used.
    pub(super) fn new(
        settings: PolicySettings,
        now: Option<UnixSeconds>,
        signature_only: bool,
    ) -> Result<Self, String> {
        // Without an expected issuer or audience, `verify` prints a note with the verdict.
        Ok(Self { policy: settings.policy()?, settings, now, signature_only })
    }

    /// Returns the time as of which dates are checked.
    pub(super) fn moment(&self) -> Option<UnixSeconds> {
        self.now.or_else(|| SystemClock.now())
    }
}
