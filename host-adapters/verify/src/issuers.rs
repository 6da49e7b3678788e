//! Several issuers: the unverified `iss` of a token only chooses whose keys and policy apply.

use crate::key_set::KeySet;
use crate::limits::read_claims;
use crate::padding;
use crate::tenants;
use crate::trusted_issuer::TrustedIssuer;
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Claim, Limits, Refusal, SignatureVerifier, scratch_needed};
use std::collections::HashMap;
use std::fmt;

/// One issuer or more.
#[derive(Debug)]
pub(crate) struct Issuers {
    first: TrustedIssuer,
    others: Vec<TrustedIssuer>,
    /// The issuer of each expected `iss`; empty for a single issuer, whose policy checks it.
    by_name: HashMap<String, usize>,
    /// The limits for reading an unverified `iss`: the largest of all policies.
    limits: Limits,
}

/// Why a list of issuers cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuersError {
    /// The list is empty.
    None,
    /// A policy accepts any issuer, or no issuer. Contains its place in the list, counted from zero.
    Unnamed(usize),
    /// Two policies expect the same `iss`.
    DuplicateIssuer(String),
    /// An issuer has a placeholder such as `{tenantid}`, which no token's `iss` matches.
    Placeholder(String),
}

impl Issuers {
    pub(crate) fn one(issuer: TrustedIssuer) -> Self {
        let limits = *issuer.policy().token_limits();
        Self { first: issuer, others: Vec::new(), by_name: HashMap::new(), limits }
    }

    pub(crate) fn several(issuers: impl IntoIterator<Item = TrustedIssuer>) -> Result<Self, IssuersError> {
        let mut issuers = issuers.into_iter();
        let first = issuers.next().ok_or(IssuersError::None)?;
        let mut all = Self { others: issuers.collect(), ..Self::one(first) };
        let mut by_name = HashMap::new();
        for (index, issuer) in all.iter().enumerate() {
            let names = issuer.policy().issuers().filter(|names| !names.is_empty());
            for name in names.ok_or(IssuersError::Unnamed(index))? {
                if tenants::has_placeholder(name) {
                    return Err(IssuersError::Placeholder(name.clone()));
                }
                if by_name.insert(name.clone(), index).is_some_and(|before| before != index) {
                    return Err(IssuersError::DuplicateIssuer(name.clone()));
                }
            }
        }
        all.limits = all.iter().map(|issuer| *issuer.policy().token_limits()).fold(all.limits, most_generous);
        all.by_name = by_name;
        Ok(all)
    }

    /// Returns the issuer, if there is exactly one.
    pub(crate) fn only(&self) -> Option<&TrustedIssuer> {
        self.others.is_empty().then_some(&self.first)
    }

    pub(crate) fn first(&self) -> &TrustedIssuer {
        &self.first
    }

    pub(crate) fn len(&self) -> usize {
        1 + self.others.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&TrustedIssuer> {
        match index.checked_sub(1) {
            None => Some(&self.first),
            Some(index) => self.others.get(index),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &TrustedIssuer> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Returns the issuer whose keys and policy apply to this token.
    ///
    /// # Errors
    /// Where no issuer is found: what is wrong with the token's form or header, else with its payload or its `iss`.
    pub(crate) fn of(&self, token: &[u8]) -> Result<(usize, &TrustedIssuer), Refusal> {
        if self.others.is_empty() {
            return Ok((0, &self.first));
        }
        let chosen = claimed_issuer(token, &self.limits).and_then(|claimed| {
            let index = *self.by_name.get(&claimed).ok_or(Refusal::IssuerMismatch)?;
            self.get(index).map(|issuer| (index, issuer)).ok_or(Refusal::IssuerMismatch)
        });
        chosen.map_err(|refusal| self.worse_fault(token).unwrap_or(refusal))
    }

    /// Returns true if a fetch of this issuer's keys can help a token: its `iss` is expected, or any issuer is accepted.
    #[cfg(feature = "remote")]
    pub(crate) fn may_be_of(issuer: &TrustedIssuer, token: &[u8]) -> bool {
        let Some(names) = issuer.policy().issuers() else {
            return true;
        };
        claimed_issuer(token, issuer.policy().token_limits()).is_ok_and(|claimed| names.contains(&claimed))
    }

    /// Returns the refusal that a verification reports before it selects a key.
    fn worse_fault(&self, token: &[u8]) -> Option<Refusal> {
        let plain = if self.iter().any(|issuer| issuer.policy().is_padded(token)) {
            match padding::without_padding(token) {
                Some(plain) => plain,
                None => return Some(Refusal::Base64Invalid),
            }
        } else {
            token.to_vec()
        };
        let mut scratch = vec![0; if token.len() > self.limits.token_limit() { 0 } else { scratch_needed(&plain) }];
        let verdict = SignatureVerifier::new(&KeySet::new()).limits(self.limits).verify(&plain, &mut scratch).err();
        verdict.filter(|refusal| *refusal != Refusal::KeyNotFound)
    }
}

/// Returns the larger of each limit.
fn most_generous(one: Limits, other: Limits) -> Limits {
    one.token_bytes(one.token_limit().max(other.token_limit()))
        .member_count(one.member_limit().max(other.member_limit()))
        .nesting_depth(one.nesting_limit().max(other.nesting_limit()))
}

/// Reads the `iss` of a token without verifying anything.
fn claimed_issuer(token: &[u8], limits: &Limits) -> Result<String, Refusal> {
    if token.len() > limits.token_limit() {
        return Err(Refusal::TokenTooLong);
    }
    let segment = token.split(|byte| *byte == b'.').nth(1).ok_or(Refusal::SegmentCount)?;
    let padding = segment.iter().rev().take_while(|byte| **byte == b'=').count().min(2);
    let text = segment.get(..segment.len() - padding).and_then(|text| std::str::from_utf8(text).ok());
    let payload = text.and_then(|text| Base64UrlUnpadded::decode_vec(text).ok()).ok_or(Refusal::Base64Invalid)?;
    match read_claims(&payload, limits)?.issuer() {
        Claim::Present(issuer) => Ok(issuer.to_string()),
        Claim::Absent => Err(Refusal::IssuerMissing),
        Claim::Malformed => Err(Refusal::IssuerMalformed),
    }
}

impl fmt::Display for IssuersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("there is no issuer; at least one is needed"),
            Self::Unnamed(index) => write!(f, "the policy of issuer {index} names no issuer; each needs at least one"),
            Self::DuplicateIssuer(issuer) => write!(f, "the issuer {issuer:?} occurs twice; allowed: once"),
            Self::Placeholder(issuer) => {
                write!(f, "the issuer {issuer:?} has a placeholder; a list of tenants says what stands in its place")
            }
        }
    }
}

impl std::error::Error for IssuersError {}
