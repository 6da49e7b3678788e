//! What a token must say. Decided once, frozen, and borrowed by every verification.
//!
//! Configured means required: a token without an expected claim is refused as one with another value is.

use crate::limits::Limits;

/// The expectations of whoever verifies.
///
/// [`expect`](Self::expect) asks for the two that decide whether a token is meant for this place; all else has a safe
/// default: `exp` is required, no leeway is given, `nbf` and `iat` are judged when present.
///
/// ```
/// use glowband_core::Policy;
///
/// let policy = Policy::expect("https://id.example", "door-42").token_type("at+jwt").leeway(30);
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

/// Which strings a claim may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected<'p> {
    /// Not judged, present or absent.
    Any,
    /// Exactly this one, byte by byte (RFC 7519 §2, StringOrURI).
    One(&'p str),
    /// Any one of these; none of them if there are none.
    OneOf(&'p [&'p str]),
}

impl<'p> Policy<'p> {
    /// Tokens of this issuer (`iss`) for this audience (`aud`), both compared byte by byte.
    pub const fn expect(issuer: &'p str, audience: &'p str) -> Self {
        Self {
            issuer: Expected::One(issuer),
            audience: Expected::One(audience),
            ..Self::danger_any_issuer_any_audience()
        }
    }

    /// Tokens of anyone for anyone: whoever holds a key of the verifier's keys can get in, with a token that was
    /// meant for another service. Narrow it with [`issuer`](Self::issuer) and [`audience`](Self::audience).
    pub const fn danger_any_issuer_any_audience() -> Self {
        Self {
            issuer: Expected::Any,
            audience: Expected::Any,
            subject: None,
            token_type: None,
            leeway: 0,
            maximum_age: None,
            expiry_required: true,
            token_id_required: false,
            limits: Limits::DEFAULT,
        }
    }

    /// Expects this `iss`.
    #[must_use]
    pub const fn issuer(mut self, issuer: &'p str) -> Self {
        self.issuer = Expected::One(issuer);
        self
    }

    /// Expects one of these as `iss`. With several issuers, give each its own keys where you can.
    #[must_use]
    pub const fn any_issuer_of(mut self, issuers: &'p [&'p str]) -> Self {
        self.issuer = Expected::OneOf(issuers);
        self
    }

    /// Expects `aud` to be, or to contain, this audience.
    #[must_use]
    pub const fn audience(mut self, audience: &'p str) -> Self {
        self.audience = Expected::One(audience);
        self
    }

    /// Expects `aud` to be, or to contain, one of these audiences.
    #[must_use]
    pub const fn any_audience_of(mut self, audiences: &'p [&'p str]) -> Self {
        self.audience = Expected::OneOf(audiences);
        self
    }

    /// Expects this `sub`.
    #[must_use]
    pub const fn subject(mut self, subject: &'p str) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Expects this `typ` in the header, such as `at+jwt` (RFC 9068 §2.1); case and `application/` do not matter.
    #[must_use]
    pub const fn token_type(mut self, token_type: &'p str) -> Self {
        self.token_type = Some(token_type);
        self
    }

    /// Seconds by which clocks may differ: added to `exp`, granted to `nbf` and `iat`. Default 0.
    #[must_use]
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Requires `iat`, and refuses tokens issued longer than this ago, in seconds (plus leeway).
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

    /// Accepts tokens without `exp`, which then never end. One that has an `exp` is judged by it all the same.
    #[must_use]
    pub const fn allow_missing_expiry(mut self) -> Self {
        self.expiry_required = false;
        self
    }

    /// Sets how much work one token may cause.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits in force.
    pub const fn limits_in_force(&self) -> Limits {
        self.limits
    }
}
