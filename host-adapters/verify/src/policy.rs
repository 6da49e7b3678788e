//! A policy that owns its strings, so that a verifier can live as long as the server.

use crate::limits::{self, HOST_LIMITS};
use crate::padding;
use crate::subjects::Subjects;
use crate::tenants::{TenantError, Tenants};
use glowband_core::{
    Algorithm, Header, KeySource, Limits, Policy, Refusal, SignatureVerified, SignatureVerifier, UnixSeconds, Verified,
};

/// The expectations of a verifier, owned: the core's [`Policy`] for verifiers that outlive the function that made them.
///
/// Beyond the core's policy it has lists of types and subjects, prefixes of subjects, algorithms, and the tenants of
/// Microsoft Entra. Clocks may differ by [`DEFAULT_LEEWAY`](Self::DEFAULT_LEEWAY) seconds unless
/// [`leeway`](Self::leeway) sets another number.
///
/// A policy begins with the issuer and the audience, which are both required.
///
/// ```
/// use glowband_verify::OwnedPolicy;
///
/// let policy = OwnedPolicy::issuer("https://id.example").audience("orders-api").token_type("at+jwt").leeway(10);
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
    leeway: u64,
    maximum_age: Option<u64>,
    expiry_required: bool,
    token_id_required: bool,
}

/// A policy whose issuer is set and whose audience is not: [`OwnedPolicy::issuer`].
#[derive(Clone, Debug)]
#[must_use = "a policy needs an audience too"]
pub struct OwnedPolicyForIssuer {
    issuer: Expected,
    tenants: Option<Tenants>,
}

/// Which strings a claim can be.
#[derive(Clone, Debug)]
enum Expected {
    Any,
    One(String),
    OneOf(Vec<String>),
}

impl OwnedPolicyForIssuer {
    /// Expects `aud` to be this audience or to contain it, compared byte by byte.
    pub fn audience(self, audience: impl Into<String>) -> OwnedPolicy {
        self.with(Expected::One(audience.into()))
    }

    /// Expects `aud` to be or to contain one of these audiences. An empty list refuses every token.
    pub fn any_audience_of<S: Into<String>>(self, audiences: impl IntoIterator<Item = S>) -> OwnedPolicy {
        self.with(Expected::OneOf(audiences.into_iter().map(Into::into).collect()))
    }

    /// Accepts tokens for any audience: a token that was issued for another service is accepted too.
    pub fn danger_any_audience(self) -> OwnedPolicy {
        self.with(Expected::Any)
    }

    fn with(self, audience: Expected) -> OwnedPolicy {
        OwnedPolicy {
            issuer: self.issuer,
            audience,
            subjects: Subjects::default(),
            token_types: Expected::Any,
            algorithms: None,
            tenants: self.tenants,
            limits: HOST_LIMITS,
            padding: false,
            leeway: OwnedPolicy::DEFAULT_LEEWAY,
            maximum_age: None,
            expiry_required: true,
            token_id_required: false,
        }
    }
}

impl OwnedPolicy {
    /// By how many seconds clocks may differ if nothing else is set. Without it, a server whose clock is a second behind
    /// its issuer's would refuse every fresh token.
    pub const DEFAULT_LEEWAY: u64 = 30;

    /// Expects this `iss`, compared byte by byte. The audience follows.
    pub fn issuer(issuer: impl Into<String>) -> OwnedPolicyForIssuer {
        OwnedPolicyForIssuer { issuer: Expected::One(issuer.into()), tenants: None }
    }

    /// Expects one of these as `iss`; an empty list refuses every token. The audience follows. To give each issuer its own
    /// keys, use [`HostVerifier::for_issuers`](crate::HostVerifier::for_issuers).
    pub fn any_issuer_of<S: Into<String>>(issuers: impl IntoIterator<Item = S>) -> OwnedPolicyForIssuer {
        let issuers = issuers.into_iter().map(Into::into).collect();
        OwnedPolicyForIssuer { issuer: Expected::OneOf(issuers), tenants: None }
    }

    /// Expects `iss` to be `template` with one of these tenants in place of `{tenantid}`, and the claim `tid` to be the
    /// same tenant, as in Microsoft Entra's applications for several tenants. The audience follows.
    ///
    /// ```
    /// use glowband_verify::OwnedPolicy;
    ///
    /// let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    /// let policy = OwnedPolicy::tenants(template, ["72f988bf-86f1-41af-91ab-2d7cd011db47"])?.audience("api://orders");
    /// # Ok::<(), glowband_verify::TenantError>(())
    /// ```
    ///
    /// # Errors
    /// [`TenantError`] for a template without `{tenantid}` or with another placeholder, an empty list, and a tenant that
    /// is not a GUID.
    pub fn tenants<S: AsRef<str>>(
        template: &str,
        tenants: impl IntoIterator<Item = S>,
    ) -> Result<OwnedPolicyForIssuer, TenantError> {
        let tenants = Tenants::expand(template, tenants)?;
        let issuer = Expected::OneOf(tenants.issuers().map(str::to_owned).collect());
        Ok(OwnedPolicyForIssuer { issuer, tenants: Some(tenants) })
    }

    /// Accepts tokens of any issuer whose key the verifier has. The audience follows.
    pub fn danger_any_issuer() -> OwnedPolicyForIssuer {
        OwnedPolicyForIssuer { issuer: Expected::Any, tenants: None }
    }

    /// Accepts tokens of any issuer for any audience: every token that one of the verifier's keys signed, also one that
    /// was issued for another service.
    pub fn danger_any_issuer_any_audience() -> Self {
        Self::danger_any_issuer().danger_any_audience()
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

    /// Expects this `typ` in the header, such as `at+jwt` (RFC 9068 §2.1). Case and a leading `application/` are ignored.
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

    /// Accepts only tokens of these algorithms. Tokens of another one are refused with [`Refusal::AlgorithmMismatch`],
    /// even if there is a key for them.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Sets by how many seconds clocks may differ, for `exp`, `nbf` and `iat`.
    #[must_use]
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Requires `iat`, and refuses tokens that were issued more than this many seconds (plus leeway) ago.
    #[must_use]
    pub fn maximum_age(mut self, seconds: u64) -> Self {
        self.maximum_age = Some(seconds);
        self
    }

    /// Requires `jti`.
    #[must_use]
    pub fn require_token_id(mut self) -> Self {
        self.token_id_required = true;
        self
    }

    /// Accepts tokens without `exp`, which never expire. An `exp` that is present is still checked.
    #[must_use]
    pub fn allow_missing_expiry(mut self) -> Self {
        self.expiry_required = false;
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

    /// Limits the work that one token can cause. The default is [`HOST_LIMITS`](crate::HOST_LIMITS).
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Verifies the signature of a token, within this policy's limits, and accepts padding if the policy does. `scratch`
    /// needs [`scratch_needed`](glowband_core::scratch_needed) bytes.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes form, header, key and signature, and [`Refusal::ScratchTooSmall`].
    pub fn verify_signature<'r, K: KeySource + ?Sized>(
        &self,
        keys: &K,
        token: &[u8],
        scratch: &'r mut [u8],
    ) -> Result<SignatureVerified<'r>, Refusal> {
        if self.is_padded(token) {
            return padding::verify(keys, token, &self.limits, scratch);
        }
        SignatureVerifier::new(keys).limits(self.limits).verify(token, scratch)
    }

    /// Validates a token whose signature was verified: type, algorithm, claims and dates.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes payload, claim and time, [`Refusal::AlgorithmMismatch`], and those of [`Limits`].
    pub fn validate<'r>(
        &self,
        token: SignatureVerified<'r>,
        now: impl Into<Option<UnixSeconds>>,
    ) -> Result<Verified<'r>, Refusal> {
        self.with(|policy| self.validate_by(policy, token, now.into()))
    }

    /// As [`validate`](Self::validate), with the core's policy, which many tokens share.
    pub(crate) fn validate_by<'r>(
        &self,
        policy: &Policy<'_>,
        token: SignatureVerified<'r>,
        now: Option<UnixSeconds>,
    ) -> Result<Verified<'r>, Refusal> {
        if self.algorithms.is_some() || matches!(self.token_types, Expected::OneOf(_)) {
            self.check_header(token.header())?;
        }
        let verified = limits::validate(token, policy, now)?;
        if !self.subjects.is_for_core() {
            self.subjects.check(verified.subject())?;
        }
        if let Some(tenants) = &self.tenants {
            tenants.check(&verified)?;
        }
        Ok(verified)
    }

    /// Returns the expected issuers, including those of all tenants; `None` if any issuer is accepted.
    pub fn issuers(&self) -> Option<&[String]> {
        match &self.issuer {
            Expected::Any => None,
            Expected::One(issuer) => Some(std::slice::from_ref(issuer)),
            Expected::OneOf(issuers) => Some(issuers),
        }
    }

    /// Returns the longest token that is accepted, in bytes.
    pub fn longest_token(&self) -> usize {
        self.limits.token_limit()
    }

    /// Returns true for a padded token if this policy accepts padding.
    pub(crate) fn is_padded(&self, token: &[u8]) -> bool {
        self.padding && padding::is_padded(token)
    }

    pub(crate) fn takes(&self, token: &[u8]) -> bool {
        token.len() <= self.limits.token_limit()
    }

    pub(crate) fn token_limits(&self) -> &Limits {
        &self.limits
    }

    /// Calls `use_policy` with the core's policy, which borrows from this one. It lacks what only this policy has.
    pub(crate) fn with<R>(&self, use_policy: impl FnOnce(&Policy<'_>) -> R) -> R {
        // Only lists need an allocation. One issuer and one audience, the usual case, need none.
        let (issuers, audiences) = (self.issuer.list(), self.audience.list());
        let policy = match &self.issuer {
            Expected::Any => Policy::danger_any_issuer(),
            Expected::One(issuer) => Policy::issuer(issuer),
            Expected::OneOf(_) => Policy::any_issuer_of(&issuers),
        };
        let policy = match &self.audience {
            Expected::Any => policy.danger_any_audience(),
            Expected::One(audience) => policy.audience(audience),
            Expected::OneOf(_) => policy.any_audience_of(&audiences),
        };
        let mut policy = policy.leeway(self.leeway).limits(self.limits);
        if let Some(seconds) = self.maximum_age {
            policy = policy.maximum_age(seconds);
        }
        if !self.expiry_required {
            policy = policy.allow_missing_expiry();
        }
        if self.token_id_required {
            policy = policy.require_token_id();
        }
        if let Some(subject) = self.subjects.only() {
            policy = policy.subject(subject);
        }
        if let Expected::One(token_type) = &self.token_types {
            policy = policy.token_type(token_type);
        }
        use_policy(&policy)
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
