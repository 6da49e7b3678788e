//! What a token must say: the flags of `verify`, and what one line of a batch puts in their place.

use crate::duration;
use glowband_core::{Clock, Policy, UnixSeconds};
use glowband_verify::SystemClock;

#[derive(clap::Args, Default)]
#[command(next_help_heading = "Expectations")]
pub(super) struct Flags {
    /// Expected issuer (iss), compared byte by byte; a token without it is refused
    #[arg(long, value_name = "ISSUER")]
    iss: Option<String>,
    /// Expected audience (aud): the token's aud is it or contains it
    #[arg(long, value_name = "AUDIENCE")]
    aud: Option<String>,
    /// Expected subject (sub)
    #[arg(long, value_name = "SUBJECT")]
    sub: Option<String>,
    /// Expected token type (typ in the header), such as at+jwt
    #[arg(long, value_name = "TYPE")]
    typ: Option<String>,
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
}

impl Flags {
    /// The flag that judges claims, if there is one: it means nothing where claims are not judged.
    pub(super) fn about_claims(&self) -> Option<&'static str> {
        [
            ("--iss", self.iss.is_some()),
            ("--aud", self.aud.is_some()),
            ("--sub", self.sub.is_some()),
            ("--typ", self.typ.is_some()),
            ("--leeway", self.leeway.is_some()),
            ("--max-age", self.max_age.is_some()),
            ("--allow-missing-expiry", self.allow_missing_expiry),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }

    /// The terms for tokens on the command line, and the defaults for the lines of a batch.
    pub(super) fn terms(&self, signature_only: bool) -> Terms<'_> {
        Terms {
            iss: self.iss.as_deref(),
            aud: self.aud.as_deref(),
            sub: self.sub.as_deref(),
            typ: self.typ.as_deref(),
            leeway: self.leeway.unwrap_or(0),
            max_age: self.max_age,
            now: self.now.map(UnixSeconds),
            allow_missing_expiry: self.allow_missing_expiry,
            signature_only,
        }
    }
}

/// The terms on which one token is judged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Terms<'t> {
    pub(super) iss: Option<&'t str>,
    pub(super) aud: Option<&'t str>,
    pub(super) sub: Option<&'t str>,
    pub(super) typ: Option<&'t str>,
    pub(super) leeway: u64,
    pub(super) max_age: Option<u64>,
    pub(super) now: Option<UnixSeconds>,
    pub(super) allow_missing_expiry: bool,
    pub(super) signature_only: bool,
}

impl<'t> Terms<'t> {
    pub(super) fn policy(&self) -> Policy<'t> {
        // Whoever names neither is told so by a note beside the verdict.
        let mut policy = Policy::danger_any_issuer_any_audience().leeway(self.leeway);
        if let Some(issuer) = self.iss {
            policy = policy.issuer(issuer);
        }
        if let Some(audience) = self.aud {
            policy = policy.audience(audience);
        }
        if let Some(subject) = self.sub {
            policy = policy.subject(subject);
        }
        if let Some(token_type) = self.typ {
            policy = policy.token_type(token_type);
        }
        if let Some(age) = self.max_age {
            policy = policy.maximum_age(age);
        }
        if self.allow_missing_expiry { policy.allow_missing_expiry() } else { policy }
    }

    /// The moment of judgement.
    pub(super) fn moment(&self) -> Option<UnixSeconds> {
        self.now.or_else(|| SystemClock.now())
    }
}
