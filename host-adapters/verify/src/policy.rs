//! A policy that owns its texts, so that a verifier can live as long as the server.

use crate::limits::{self, HOST_LIMITS};
use crate::padding;
use crate::subjects::Subjects;
use crate::tenants::{TenantError, Tenants};
use glowband_core::{
    Algorithm, Header, KeySource, Limits, Policy, Refusal, SignatureProven, SignatureVerifier, UnixSeconds, Verified,
};

/// What a token must say, owned: the core's [`Policy`] for verifiers that outlive the function that made them.
///
/// Beyond the core's policy it knows lists of types and subjects, prefixes of subjects, algorithms, and the tenants of
/// Microsoft Entra. Clocks may differ by [`DEFAULT_LEEWAY`](Self::DEFAULT_LEEWAY) seconds unless
/// [`leeway`](Self::leeway) says otherwise.
///
/// ```
/// use glowband_verify::OwnedPolicy;
///
/// let policy = OwnedPolicy::expect("https://id.example", "orders-api").token_type("at+jwt").leeway(10);
/// ```
#[derive(Clone, Debug)]
pub struct OwnedPolicy {
    issuer: Expected,
    audience: Expected,
    subjects: Subjects,
    token_types: Expected,
    algorithms: Option<Vec<Algorithm>>,
    tenants: Option<Tenants>,
    limits: Limits,
    padding: bool,
    /// Everything that is no text.
    rest: Policy<'static>,
}

/// Which strings a claim may be.
#[derive(Clone, Debug)]
enum Expected {
    Any,
    One(String),
    OneOf(Vec<String>),
}

impl OwnedPolicy {
    /// Seconds by which clocks may differ where nothing else is set. A server whose clock is a second behind its
    /// issuer's would refuse every fresh token without it.
    pub const DEFAULT_LEEWAY: u64 = 30;

    /// Accepts tokens of this issuer (`iss`) for this audience (`aud`), both compared byte by byte.
    pub fn expect(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self::danger_any_issuer_any_audience().issuer(issuer).audience(audience)
    }

    /// Accepts tokens of any issuer for any audience: a token that was meant for another service gets in, if one of the
    /// verifier's keys signed it. Narrow it with [`issuer`](Self::issuer) and [`audience`](Self::audience).
    pub fn danger_any_issuer_any_audience() -> Self {
        Self {
            issuer: Expected::Any,
            audience: Expected::Any,
            subjects: Subjects::default(),
            token_types: Expected::Any,
            algorithms: None,
            tenants: None,
            limits: HOST_LIMITS,
            padding: false,
            rest: Policy::danger_any_issuer_any_audience().leeway(Self::DEFAULT_LEEWAY),
        }
    }

    /// Expects this `iss`.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Expected::One(issuer.into());
        self.tenants = None;
        self
    }

    /// Expects one of these as `iss`; an empty list refuses every token. With several issuers, give each its own keys:
    /// [`HostVerifier::for_issuers`](crate::HostVerifier::for_issuers).
    #[must_use]
    pub fn any_issuer_of<S: Into<String>>(mut self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.issuer = Expected::OneOf(issuers.into_iter().map(Into::into).collect());
        self.tenants = None;
        self
    }

    /// Expects `iss` to be `template` with one of these tenants in the place of `{tenantid}`, and the claim `tid` to be
    /// the same tenant: Microsoft Entra's applications for several tenants.
    ///
    /// ```
    /// use glowband_verify::OwnedPolicy;
    ///
    /// let policy = OwnedPolicy::danger_any_issuer_any_audience()
    ///     .audience("api://orders")
    ///     .tenants("https://login.microsoftonline.com/{tenantid}/v2.0", ["72f988bf-86f1-41af-91ab-2d7cd011db47"])?;
    /// # Ok::<(), glowband_verify::TenantError>(())
    /// ```
    ///
    /// # Errors
    /// [`TenantError`] for a template without `{tenantid}` or with another placeholder, an empty list, and a tenant that
    /// is not a GUID.
    pub fn tenants<S: AsRef<str>>(
        mut self,
        template: &str,
        tenants: impl IntoIterator<Item = S>,
    ) -> Result<Self, TenantError> {
        let tenants = Tenants::expand(template, tenants)?;
        self.issuer = Expected::OneOf(tenants.issuers().map(str::to_owned).collect());
        self.tenants = Some(tenants);
        Ok(self)
    }

    /// Expects `aud` to be, or to contain, this audience.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Expected::One(audience.into());
        self
    }

    /// Expects `aud` to be, or to contain, one of these audiences.
    #[must_use]
    pub fn any_audience_of<S: Into<String>>(mut self, audiences: impl IntoIterator<Item = S>) -> Self {
        self.audience = Expected::OneOf(audiences.into_iter().map(Into::into).collect());
        self
    }

    /// Expects this `sub`.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.any_subject_of([subject])
    }

    /// Expects one of these as `sub`, or one that begins with a [prefix](Self::subject_prefix).
    #[must_use]
    pub fn any_subject_of<S: Into<String>>(mut self, subjects: impl IntoIterator<Item = S>) -> Self {
        self.subjects.set_names(subjects.into_iter().map(Into::into).collect());
        self
    }

    /// Also accepts every `sub` that begins with this text, such as `repo:glowband/` (GitHub Actions) or
    /// `system:serviceaccount:orders:` (Kubernetes). End it with a separator: `repo:glow` is also the beginning of
    /// `repo:glowworm/…`.
    #[must_use]
    pub fn subject_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.subjects.add_prefix(prefix.into());
        self
    }

    /// Expects this `typ` in the header, such as `at+jwt` (RFC 9068 §2.1); case and `application/` do not matter.
    #[must_use]
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.token_types = Expected::One(token_type.into());
        self
    }

    /// Expects one of these as `typ` in the header.
    #[must_use]
    pub fn any_token_type_of<S: Into<String>>(mut self, token_types: impl IntoIterator<Item = S>) -> Self {
        self.token_types = Expected::OneOf(token_types.into_iter().map(Into::into).collect());
        self
    }

    /// Accepts tokens of these algorithms only, whatever the keys are for. Another one is
    /// [`Refusal::AlgorithmMismatch`].
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Sets by how many seconds clocks may differ: added to `exp`, granted to `nbf` and `iat`.
    #[must_use]
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.rest = self.rest.leeway(seconds);
        self
    }

    /// Requires `iat`, and refuses tokens issued longer than this ago, in seconds (plus leeway).
    #[must_use]
    pub fn maximum_age(mut self, seconds: u64) -> Self {
        self.rest = self.rest.maximum_age(seconds);
        self
    }

    /// Requires `jti`.
    #[must_use]
    pub fn require_token_id(mut self) -> Self {
        self.rest = self.rest.require_token_id();
        self
    }

    /// Accepts tokens without `exp`, which then never end. One that has an `exp` is judged by it all the same.
    #[must_use]
    pub fn allow_missing_expiry(mut self) -> Self {
        self.rest = self.rest.allow_missing_expiry();
        self
    }

    /// Accepts tokens whose segments are padded with `=`, as load balancers of AWS write them. The signature is checked
    /// over the bytes that were sent.
    ///
    /// RFC 7515 §2 forbids the padding. With this setting one token has several spellings (the padding of its signature
    /// is not signed), so a list of tokens that are revoked by their text no longer finds each of them.
    #[must_use]
    pub fn danger_allow_padding(mut self) -> Self {
        self.padding = true;
        self
    }

    /// Sets how much work one token may cause. The default is [`HOST_LIMITS`](crate::HOST_LIMITS).
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Verifies the signature of a token, within this policy's limits, and accepts padding if the policy does. `room`
    /// needs [`scratch_needed`](glowband_core::scratch_needed) bytes.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes form, header, key and signature, and [`Refusal::ScratchTooSmall`].
    pub fn verify_signature<'r, K: KeySource + ?Sized>(
        &self,
        keys: &K,
        token: &[u8],
        room: &'r mut [u8],
    ) -> Result<SignatureProven<'r>, Refusal> {
        if self.is_padded(token) {
            return padding::verify(keys, token, &self.limits, room);
        }
        SignatureVerifier::new(keys).limits(self.limits).verify(token, room)
    }

    /// Judges a token whose signature was verified: type, algorithm, claims and dates.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes payload, claim and time, [`Refusal::AlgorithmMismatch`], and those of [`Limits`].
    pub fn judge<'r>(
        &self,
        proven: SignatureProven<'r>,
        now: impl Into<Option<UnixSeconds>>,
    ) -> Result<Verified<'r>, Refusal> {
        self.with(|policy| self.judge_by(policy, proven, now.into()))
    }

    /// As [`judge`](Self::judge), with the core's policy at hand: many tokens share one.
    pub(crate) fn judge_by<'r>(
        &self,
        policy: &Policy<'_>,
        proven: SignatureProven<'r>,
        now: Option<UnixSeconds>,
    ) -> Result<Verified<'r>, Refusal> {
        if self.algorithms.is_some() || matches!(self.token_types, Expected::OneOf(_)) {
            self.check_header(proven.header())?;
        }
        let verified = limits::judge(proven, policy, now)?;
        if !self.subjects.is_for_core() {
            self.subjects.check(verified.subject())?;
        }
        if let Some(tenants) = &self.tenants {
            tenants.check(&verified)?;
        }
        Ok(verified)
    }

    /// Returns the issuers that are expected, those of all tenants included; `None` if any will do.
    pub fn issuers(&self) -> Option<&[String]> {
        match &self.issuer {
            Expected::Any => None,
            Expected::One(issuer) => Some(std::slice::from_ref(issuer)),
            Expected::OneOf(issuers) => Some(issuers),
        }
    }

    /// Returns how long a token may be, in bytes.
    pub fn longest_token(&self) -> usize {
        self.limits.token_limit()
    }

    /// Whether this is a padded token, and such tokens are accepted.
    pub(crate) fn is_padded(&self, token: &[u8]) -> bool {
        self.padding && padding::is_padded(token)
    }

    pub(crate) fn takes(&self, token: &[u8]) -> bool {
        token.len() <= self.limits.token_limit()
    }

    pub(crate) fn token_limits(&self) -> &Limits {
        &self.limits
    }

    /// Gives the core's policy, which borrows from this one, to `judge`. What the core has no word for is not in it.
    pub(crate) fn with<R>(&self, judge: impl FnOnce(&Policy<'_>) -> R) -> R {
        // Only lists cost an allocation; one issuer and one audience, the usual case, cost none.
        let (issuers, audiences) = (self.issuer.list(), self.audience.list());
        let mut policy: Policy<'_> = self.rest.limits(self.limits);
        policy = match &self.issuer {
            Expected::Any => policy,
            Expected::One(issuer) => policy.issuer(issuer),
            Expected::OneOf(_) => policy.any_issuer_of(&issuers),
        };
        policy = match &self.audience {
            Expected::Any => policy,
            Expected::One(audience) => policy.audience(audience),
            Expected::OneOf(_) => policy.any_audience_of(&audiences),
        };
        if let Some(subject) = self.subjects.only() {
            policy = policy.subject(subject);
        }
        if let Expected::One(token_type) = &self.token_types {
            policy = policy.token_type(token_type);
        }
        judge(&policy)
    }

    fn check_header(&self, header: &Header<'_>) -> Result<(), Refusal> {
        if self.algorithms.as_ref().is_some_and(|allowed| !allowed.contains(&header.algorithm())) {
            return Err(Refusal::AlgorithmMismatch);
        }
        let Expected::OneOf(types) = &self.token_types else {
            return Ok(());
        };
        match types.iter().find_map(|expected| header.is_of_type(expected).filter(|same| *same)) {
            Some(_) => Ok(()),
            None if header.token_type().is_some() => Err(Refusal::TokenTypeMismatch),
            None => Err(Refusal::TokenTypeMissing),
        }
    }
}

impl Expected {
    fn list(&self) -> Vec<&str> {
        match self {
            Self::OneOf(several) => several.iter().map(String::as_str).collect(),
            Self::Any | Self::One(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
