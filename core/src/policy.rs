//! What a verifier expects of a token. Set once, and borrowed by every verification.
//!
//! What is configured is required: a token without an expected claim is refused like one with another value.

use crate::limits::Limits;

/// The expectations of a verifier.
///
/// A policy begins with the issuer and the audience, which are both required. Everything else has a safe default: `exp` is
/// required, the leeway is 0, `nbf` and `iat` are checked when present.
///
/// ```
/// use glowband_core::Policy;
///
/// let policy = Policy::issuer("https://id.example").audience("door-42").token_type("at+jwt").leeway(30);
/// ```
///
/// A policy without an audience does not compile:
///
/// ```compile_fail
/// use glowband_core::Policy;
///
/// let policy: Policy<'_> = Policy::issuer("https://id.example");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policy<'p> {
    pub(crate) issuer: Expected<'p>,
    pub(crate) audience: Expected<'p>,
    pub(crate) subject: Option<&'p str>,
    pub(crate) token_type: Option<&'p str>,
    pub(crate) leeway: u64,
    pub(crate) maximum_age: Option<u64>,
    pub(crate) expiry_required: bool,
    pub(crate) token_id_required: bool,
    pub(crate) limits: Limits,
}

/// A policy whose issuer is set and whose audience is not: [`Policy::issuer`].
#[derive(Clone, Copy, Debug)]
#[must_use = "a policy needs an audience too"]
pub struct PolicyForIssuer<'p> {
    issuer: Expected<'p>,
}

/// Which strings a claim can be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected<'p> {
    /// Any string, or no claim.
    Any,
    /// Exactly this string, byte by byte (RFC 7519 §2, StringOrURI).
    One(&'p str),
    /// One of these strings. An empty list accepts none.
    OneOf(&'p [&'p str]),
}

impl<'p> PolicyForIssuer<'p> {
    /// Expects `aud` to be this audience or to contain it, compared byte by byte.
    pub const fn audience(self, audience: &'p str) -> Policy<'p> {
        self.with(Expected::One(audience))
    }

    /// Expects `aud` to be or to contain one of these audiences. An empty list refuses every token.
    pub const fn any_audience_of(self, audiences: &'p [&'p str]) -> Policy<'p> {
        self.with(Expected::OneOf(audiences))
    }

    /// Accepts tokens for any audience: a token that was issued for another service is accepted too.
    pub const fn danger_any_audience(self) -> Policy<'p> {
        self.with(Expected::Any)
    }

    const fn with(self, audience: Expected<'p>) -> Policy<'p> {
        Policy {
            issuer: self.issuer,
            audience,
            subject: None,
            token_type: None,
            leeway: 0,
            maximum_age: None,
            expiry_required: true,
            token_id_required: false,
            limits: Limits::DEFAULT,
        }
    }
}

impl<'p> Policy<'p> {
    /// Expects this `iss`, compared byte by byte. The audience follows.
    pub const fn issuer(issuer: &'p str) -> PolicyForIssuer<'p> {
        PolicyForIssuer { issuer: Expected::One(issuer) }
    }

    /// Expects one of these as `iss`; an empty list refuses every token. The audience follows. If possible, give each
    /// issuer its own keys and its own policy.
    pub const fn any_issuer_of(issuers: &'p [&'p str]) -> PolicyForIssuer<'p> {
        PolicyForIssuer { issuer: Expected::OneOf(issuers) }
    }

    /// Accepts tokens of any issuer whose key the verifier has. The audience follows.
    pub const fn danger_any_issuer() -> PolicyForIssuer<'p> {
        PolicyForIssuer { issuer: Expected::Any }
    }

    /// Accepts tokens of any issuer for any audience: every token that one of the verifier's keys signed, also one that
    /// was issued for another service.
    pub const fn danger_any_issuer_any_audience() -> Self {
        Self::danger_any_issuer().danger_any_audience()
    }

    /// Expects this `sub`.
    #[must_use]
    pub const fn subject(mut self, subject: &'p str) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Expects this `typ` in the header, such as `at+jwt` (RFC 9068 §2.1). Case and a leading `application/` are ignored.
    #[must_use]
    pub const fn token_type(mut self, token_type: &'p str) -> Self {
        self.token_type = Some(token_type);
        self
    }

    /// Sets by how many seconds clocks may differ, for `exp`, `nbf` and `iat`. The default is 0.
    #[must_use]
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Requires `iat`, and refuses tokens that were issued more than this many seconds (plus leeway) ago.
    #[must_use]
    pub const fn maximum_age(mut self, seconds: u64) -> Self {
        self.maximum_age = Some(seconds);
        self
    }

    /// Requires `jti`, for one-time tokens. The [`ReplayWindow`](crate::ReplayWindow) requires it too.
    #[must_use]
    pub const fn require_token_id(mut self) -> Self {
        self.token_id_required = true;
        self
    }

    /// Accepts tokens without `exp`, which never expire. An `exp` that is present is still checked.
    #[must_use]
    pub const fn allow_missing_expiry(mut self) -> Self {
        self.expiry_required = false;
        self
    }

    /// Limits the work that one token can cause.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Returns the limits.
    pub const fn limits_in_force(&self) -> Limits {
        self.limits
    }
}
