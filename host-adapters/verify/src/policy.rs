//! A policy that owns its texts, so that a verifier can live as long as the server.

use crate::limits::HOST_LIMITS;
use glowband_core::{Limits, Policy};

/// What a token must say, owned: the core's [`Policy`] for verifiers that outlive the function that made them.
///
/// ```
/// use glowband_verify::OwnedPolicy;
///
/// let policy = OwnedPolicy::expect("https://id.example", "orders-api").token_type("at+jwt").leeway(30);
/// ```
#[derive(Clone, Debug)]
pub struct OwnedPolicy {
    issuer: Expected,
    audience: Expected,
    subject: Option<String>,
    token_type: Option<String>,
    limits: Limits,
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
    /// Tokens of this issuer (`iss`) for this audience (`aud`), both compared byte by byte.
    pub fn expect(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self::danger_any_issuer_any_audience().issuer(issuer).audience(audience)
    }

    /// Tokens of anyone for anyone: whoever holds a key of the verifier's keys can get in, with a token that was
    /// meant for another service. Narrow it with [`issuer`](Self::issuer) and [`audience`](Self::audience).
    pub fn danger_any_issuer_any_audience() -> Self {
        Self {
            issuer: Expected::Any,
            audience: Expected::Any,
            subject: None,
            token_type: None,
            limits: HOST_LIMITS,
            rest: Policy::danger_any_issuer_any_audience(),
        }
    }

    /// Expects this `iss`.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Expected::One(issuer.into());
        self
    }

    /// Expects one of these as `iss`; none of them if there are none.
    #[must_use]
    pub fn any_issuer_of<S: Into<String>>(mut self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.issuer = Expected::OneOf(issuers.into_iter().map(Into::into).collect());
        self
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
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Expects this `typ` in the header, such as `at+jwt` (RFC 9068 §2.1); case and `application/` do not matter.
    #[must_use]
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.token_type = Some(token_type.into());
        self
    }

    /// Seconds by which clocks may differ: added to `exp`, granted to `nbf` and `iat`. Default 0.
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

    /// Sets how much work one token may cause. The default is [`HOST_LIMITS`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub(crate) fn takes(&self, token: &[u8]) -> bool {
        token.len() <= self.limits.token_limit()
    }

    pub(crate) fn token_limits(&self) -> &Limits {
        &self.limits
    }

    /// Shows the core's policy, which borrows from this one, to `judge`.
    pub fn with<R>(&self, judge: impl FnOnce(&Policy<'_>) -> R) -> R {
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
        if let Some(subject) = &self.subject {
            policy = policy.subject(subject);
        }
        if let Some(token_type) = &self.token_type {
            policy = policy.token_type(token_type);
        }
        judge(&policy)
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
mod tests {
    use super::*;
    use glowband_core::{Hs256Key, Refusal, UnixSeconds, Verifier};

    const TOKEN: &[u8] = include_bytes!("../../../core/examples/door.jwt").trim_ascii();
    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

    fn verdict(policy: &OwnedPolicy) -> Result<(), Refusal> {
        let key = Hs256Key::new(b"an example secret of 32+ bytes..").unwrap();
        policy.with(|policy| Verifier::new(&key, policy).verify(TOKEN, NOW, &mut [0; 512]).map(drop))
    }

    #[test]
    fn each_expectation_reaches_the_core() {
        let good = OwnedPolicy::expect("https://id.example", "door-42");
        assert_eq!(verdict(&good), Ok(()));
        assert_eq!(verdict(&good.clone().issuer("https://id.example/")), Err(Refusal::IssuerMismatch));
        assert_eq!(verdict(&good.clone().audience("door-43")), Err(Refusal::AudienceMismatch));
        assert_eq!(verdict(&good.clone().any_issuer_of(["a", "https://id.example"])), Ok(()));
        assert_eq!(verdict(&good.clone().any_issuer_of(Vec::<String>::new())), Err(Refusal::IssuerMismatch));
        assert_eq!(verdict(&good.clone().any_audience_of(["a", "b"])), Err(Refusal::AudienceMismatch));
        assert_eq!(verdict(&good.clone().subject("bob")), Err(Refusal::SubjectMismatch));
        assert_eq!(verdict(&good.clone().token_type("logout+jwt")), Err(Refusal::TokenTypeMismatch));
        assert_eq!(verdict(&good.clone().maximum_age(5)), Err(Refusal::IssuedAtMissing));
        assert_eq!(verdict(&good.clone().require_token_id()), Err(Refusal::TokenIdMissing));
        assert_eq!(verdict(&OwnedPolicy::danger_any_issuer_any_audience()), Ok(()));
        assert_eq!(verdict(&good.limits(Limits::DEFAULT.token_bytes(10))), Err(Refusal::TokenTooLong));
    }
}
