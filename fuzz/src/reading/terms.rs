//! A policy and a time: for the verifier, and for the second reading.

use crate::input::Input;
use glowband_core::{Limits, Policy, UnixSeconds};
use glowband_tests::claims_text::{AUDIENCE, ISSUER, NOW};

/// Longer tokens are refused, so that this too is met.
pub const TOKEN_LIMIT: usize = 3000;
pub const LIMITS: Limits = Limits::DEFAULT.token_bytes(TOKEN_LIMIT);

#[derive(Clone, Debug)]
pub struct Terms {
    pub issuer: Option<&'static str>,
    pub audience: Option<&'static str>,
    pub subject: Option<&'static str>,
    pub token_type: Option<&'static str>,
    pub leeway: u64,
    pub maximum_age: Option<u64>,
    pub expiry_required: bool,
    pub token_id_required: bool,
    pub now: Option<u64>,
}

impl Terms {
    /// By eight bytes; zeros are the usual policy at the usual time.
    pub fn from_input(input: &mut Input<'_>) -> Self {
        let moments = [0, 1, 30, 60, NOW, NOW + 300, i64::MAX as u64, u64::MAX];
        let [flags] = input.take();
        Self {
            issuer: input.choose(&[Some(ISSUER), None, Some(""), Some("\u{e9}\"")]),
            audience: input.choose(&[Some(AUDIENCE), None, Some("")]),
            subject: input.choose(&[None, Some("alice")]),
            token_type: input.choose(&[None, Some("at+jwt"), Some("application/JWT"), Some("")]),
            leeway: input.choose(&moments),
            maximum_age: (flags & 1 == 1).then(|| moments[usize::from(flags >> 5)]),
            expiry_required: flags & 2 == 0,
            token_id_required: flags & 4 == 4,
            now: match input.byte() {
                0 => Some(NOW),
                1 => None,
                other => {
                    Some(moments[usize::from(other) % moments.len()].wrapping_add_signed(i64::from(input.byte() as i8)))
                }
            },
        }
    }

    pub fn policy(&self) -> Policy<'static> {
        let policy = self.issuer.map_or(Policy::danger_any_issuer(), Policy::issuer);
        let mut policy = match self.audience {
            Some(audience) => policy.audience(audience),
            None => policy.danger_any_audience(),
        };
        if let Some(subject) = self.subject {
            policy = policy.subject(subject);
        }
        if let Some(token_type) = self.token_type {
            policy = policy.token_type(token_type);
        }
        if let Some(age) = self.maximum_age {
            policy = policy.maximum_age(age);
        }
        if !self.expiry_required {
            policy = policy.allow_missing_expiry();
        }
        if self.token_id_required {
            policy = policy.require_token_id();
        }
        policy.leeway(self.leeway).limits(LIMITS)
    }

    pub fn time(&self) -> Option<UnixSeconds> {
        self.now.map(UnixSeconds)
    }
}
