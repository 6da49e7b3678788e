//! What a token must say: the flags of `verify`, and what one line of a batch puts in their place.

use super::Stop;
use crate::policy_settings::{LimitSettings, PolicySettings};
use glowband_core::{Clock, UnixSeconds};
use glowband_text::duration;
use glowband_verify::{OwnedPolicy, SystemClock};

#[derive(clap::Args, Default)]
#[command(next_help_heading = "Expectations")]
pub(super) struct Flags {
    /// Expected issuer (iss), compared byte by byte; a token without it is refused. Repeated: any of them
    #[arg(long, value_name = "ISSUER")]
    iss: Vec<String>,
    /// A tenant (GUID) for {tenantid} in --iss, and the token's tid. Repeated: any of them
    #[arg(long, value_name = "GUID", requires = "iss")]
    tenant: Vec<String>,
    /// Expected audience (aud): the token's aud is it or contains it. Repeated: any of them
    #[arg(long, value_name = "AUDIENCE")]
    aud: Vec<String>,
    /// Expected subject (sub). Repeated: any of them
    #[arg(long, value_name = "SUBJECT")]
    sub: Vec<String>,
    /// Expected token type (typ in the header), such as at+jwt. Repeated: any of them
    #[arg(long, value_name = "TYPE")]
    typ: Vec<String>,
    /// By how much clocks may differ: seconds, or 90s, 5m, 1h [default: 0]
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    leeway: Option<u64>,
    /// Refuse tokens issued (iat) longer ago than this: seconds, or 5m, 1h, 30d
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    max_age: Option<u64>,
    /// Judge dates as of this moment, in seconds since 1970 [default: the system's clock]
    #[arg(long, value_name = "UNIX", value_parser = duration::moment, allow_negative_numbers = true)]
    now: Option<u64>,
    /// Accept tokens without exp, which never end
    #[arg(long)]
    allow_missing_expiry: bool,
    /// Accept tokens padded with `=`, as load balancers of AWS send them; RFC 7515 forbids it
    #[arg(long)]
    danger_allow_padding: bool,
    /// Refuse tokens longer than this [default: 65536]
    #[arg(long, value_name = "BYTES", help_heading = "Limits")]
    max_token_bytes: Option<usize>,
    /// Refuse claims with more members than this, nested ones included [default: 4096]
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    max_members: Option<u16>,
    /// Try at most this many keys for a token, 1 to 16 [default: 16]
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    max_keys_tried: Option<u8>,
}

impl Flags {
    /// The flag that judges claims, if there is one: it means nothing where claims are not judged.
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

    /// The issuer with `{tenantid}` in it, if tenants are given for it.
    pub(super) fn issuer_template(&self) -> Option<&str> {
        if self.tenant.is_empty() { None } else { self.iss.first().map(String::as_str) }
    }

    /// The terms for tokens on the command line, and the defaults for the lines of a batch.
    ///
    /// # Errors
    /// Which flag is wrong, and what is allowed.
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

/// The terms on which one token is judged.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) settings: PolicySettings,
    pub(super) policy: OwnedPolicy,
    pub(super) now: Option<UnixSeconds>,
    pub(super) signature_only: bool,
}

impl Terms {
    /// The terms by these settings.
    ///
    /// # Errors
    /// Why a list of tenants cannot be used.
    pub(super) fn new(
        settings: PolicySettings,
        now: Option<UnixSeconds>,
        signature_only: bool,
    ) -> Result<Self, String> {
        // Where neither issuer nor audience is named, a note beside the verdict says so.
        Ok(Self { policy: settings.policy()?, settings, now, signature_only })
    }

    /// The moment of judgement.
    pub(super) fn moment(&self) -> Option<UnixSeconds> {
        self.now.or_else(|| SystemClock.now())
    }
}
