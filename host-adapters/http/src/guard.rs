//! The guard: a verifier, the place of the token in a request, and the access that a route requires.

use crate::answer::Answer;
use crate::claim_numbers;
use crate::claim_rule::ClaimRule;
use crate::cross_site::is_cross_site;
use crate::metrics::Metrics;
use crate::observe;
use crate::rejection::{Denial, Rejection, SetupFault};
use crate::request_head::RequestHead;
use crate::source::{Carrier, TokenSource};
use glowband_core::Refusal;
use glowband_verify::{HostVerifier, VerifiedToken, is_padded};
use std::fmt;
use std::sync::Arc;
use tracing::Instrument as _;

/// Authenticates requests. A clone shares the verifier and the counters, and can have other settings.
///
/// A guard is a [`tower::Layer`](crate::tower), the core of an actix-web middleware and of the
/// [endpoint for reverse proxies](crate::forward_auth). For anything else, call [`authenticate`](Self::authenticate).
///
/// ```
/// use glowband_http::{Guard, Rejection};
/// use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
///
/// let keys = KeyReader::new().secret(b"an example secret of 32+ bytes..")?;
/// let verifier = HostVerifier::new(keys, OwnedPolicy::issuer("https://id.example").audience("orders"));
/// let guard = Guard::new(verifier).realm("orders").require_scope("orders:read");
///
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # let headers = [("Accept", "*/*")];
/// # let mut future = std::pin::pin!(async {
/// let verdict = guard.authenticate(&headers[..]).await;
/// assert_eq!(verdict.unwrap_err(), Rejection::NoToken);
/// # });
/// # assert!(future.as_mut().poll(&mut context).is_ready());
/// # Ok::<(), glowband_verify::KeyFileError>(())
/// ```
#[derive(Clone)]
pub struct Guard {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    verifier: Arc<HostVerifier>,
    metrics: Arc<Metrics>,
    source: TokenSource,
    realm: Arc<str>,
    /// The required scopes, separated by spaces. Empty: a scope without a name was required, so every request is
    /// refused.
    scopes: Option<Arc<str>>,
    /// Other origins that may use unsafe methods with a token from a cookie.
    origins: Vec<Box<str>>,
    claims: Vec<ClaimRule>,
    optional: bool,
    bound_tokens: bool,
}

/// The result of checking a request without waiting.
pub(crate) enum Decision {
    /// The final verdict.
    Made(Verdict),
    /// The token names an unknown key: the issuer's keys must be fetched before the verdict.
    NeedsKeys(Box<[u8]>),
}

/// The verified token, or `None` if an optional guard allows a request without a token.
pub(crate) type Verdict = Result<Option<VerifiedToken>, Rejection>;

impl Guard {
    /// Creates a guard that requires a token in the header `Authorization`.
    pub fn new(verifier: impl Into<Arc<HostVerifier>>) -> Self {
        let inner = Inner {
            verifier: verifier.into(),
            metrics: Arc::default(),
            source: TokenSource::Header,
            realm: Denial::REALM.into(),
            scopes: None,
            origins: Vec::new(),
            claims: Vec::new(),
            optional: false,
            bound_tokens: false,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Sets the realm of challenges (RFC 9110 §11.5): the name of the protected resources. Default: `api`.
    #[must_use]
    pub fn realm(mut self, realm: impl Into<Arc<str>>) -> Self {
        Arc::make_mut(&mut self.inner).realm = realm.into();
        self
    }

    /// Requires this scope in addition to those required before. Several scopes are separated by spaces.
    ///
    /// An [optional](Self::optional) guard requires scopes only from requests with a token. If the text is empty, for
    /// example because a setting was left empty, every request is answered 500.
    #[must_use]
    pub fn require_scope(mut self, scope: &str) -> Self {
        let inner = Arc::make_mut(&mut self.inner);
        let unnamed = scope.trim_ascii().is_empty() || inner.scopes.as_deref() == Some("");
        if unnamed {
            inner.scopes = Some("".into());
            return self;
        }
        let before = inner.scopes.as_deref().unwrap_or_default();
        let mut all: Vec<&str> = Vec::new();
        for name in before.split_ascii_whitespace().chain(scope.split_ascii_whitespace()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        inner.scopes = Some(all.join(" ").into());
        self
    }

    /// Requires a claim of the token to satisfy this rule, in addition to earlier rules: roles, groups, permissions,
    /// the client. A token that does not satisfy it is answered 403.
    #[must_use]
    pub fn require_claim(mut self, rule: ClaimRule) -> Self {
        Arc::make_mut(&mut self.inner).claims.push(rule);
        self
    }

    /// Accepts tokens that are bound to a key (`cnf`: DPoP, RFC 9449; client certificates, RFC 8705) as bearer tokens.
    ///
    /// By default such a token is refused ([`Refusal::BoundToken`]), because the guard does not check a proof of
    /// possession. With this setting a stolen token can be used without its key. Use it only behind a proxy that checks
    /// the proof.
    #[must_use]
    pub fn danger_accept_bound_tokens(mut self) -> Self {
        Arc::make_mut(&mut self.inner).bound_tokens = true;
        self
    }

    /// Reads the token only from the cookie of this name. See [`TokenSource`] for the risks of cookies.
    #[must_use]
    pub fn cookie(self, name: impl Into<Box<str>>) -> Self {
        self.source(TokenSource::Cookie(name.into()))
    }

    /// Reads the token from `Authorization` or from the cookie of this name. A request with both is refused.
    #[must_use]
    pub fn header_or_cookie(self, name: impl Into<Box<str>>) -> Self {
        self.source(TokenSource::HeaderOrCookie(name.into()))
    }

    /// Allows requests from this origin, such as `https://app.example`, to use unsafe methods with a token from a
    /// cookie. The server's own origin is always allowed. Tokens in a header need no allowed origin.
    #[must_use]
    pub fn allow_origin(mut self, origin: impl Into<Box<str>>) -> Self {
        Arc::make_mut(&mut self.inner).origins.push(origin.into());
        self
    }

    /// Reads the token only from the header of this name, with or without the prefix `Bearer`:
    /// `Cf-Access-Jwt-Assertion`, `X-Goog-IAP-JWT-Assertion`.
    #[must_use]
    pub fn named_header(self, name: impl Into<Box<str>>) -> Self {
        self.source(TokenSource::NamedHeader(name.into()))
    }

    /// Sets where the token is read from.
    #[must_use]
    pub fn source(mut self, source: TokenSource) -> Self {
        Arc::make_mut(&mut self.inner).source = source;
        self
    }

    /// Allows requests without a token. A token that is present must be valid.
    #[must_use]
    pub fn optional(mut self) -> Self {
        Arc::make_mut(&mut self.inner).optional = true;
        self
    }

    /// Requires a token even if the guard is optional.
    pub(crate) fn mandatory(mut self) -> Self {
        Arc::make_mut(&mut self.inner).optional = false;
        self
    }

    /// Checks the token of a request, and counts and logs the verdict.
    ///
    /// Returns without waiting, unless the token names an unknown key and the keys can be fetched. Returns `None` if
    /// the guard is optional and the request has no token.
    ///
    /// # Errors
    /// Returns the reason why the request must be refused. [`deny`](Self::deny) turns it into an answer.
    pub async fn authenticate<R: RequestHead + ?Sized>(&self, request: &R) -> Result<Option<VerifiedToken>, Rejection> {
        match self.decide(request) {
            Decision::Made(verdict) => verdict,
            Decision::NeedsKeys(token) => self.decide_after_fetch(&token).await,
        }
    }

    /// Returns the answer to a rejected request, with this guard's realm.
    pub fn deny(&self, rejection: Rejection) -> Denial {
        Denial::new(rejection, Arc::clone(&self.inner.realm))
    }

    /// Returns the counters of this guard and its clones.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// Returns the verifier.
    pub fn verifier(&self) -> &Arc<HostVerifier> {
        &self.inner.verifier
    }

    /// Decides on a request as far as possible without waiting.
    pub(crate) fn decide<R: RequestHead + ?Sized>(&self, request: &R) -> Decision {
        let span = observe::authenticate_span();
        let _entered = span.enter();
        let token = match self.inner.source.locate(request) {
            Ok(Some((_, Carrier::Cookie))) if is_cross_site(request, &self.inner.origins) => {
                return Decision::Made(self.record(Err(Rejection::CrossSite)));
            }
            Ok(Some((token, _))) => token,
            Ok(None) if self.inner.optional => return Decision::Made(self.record(Ok(None))),
            Ok(None) => return Decision::Made(self.record(Err(Rejection::NoToken))),
            Err(malformed) => return Decision::Made(self.record(Err(malformed.into()))),
        };
        match self.inner.verifier.verify(token) {
            Err(Refusal::KeyNotFound) => Decision::NeedsKeys(token.into()),
            verdict => Decision::Made(self.record_token_verdict(token, verdict)),
        }
    }

    /// Verifies a token whose key was unknown, after fetching its issuer's keys.
    pub(crate) async fn decide_after_fetch(&self, token: &[u8]) -> Verdict {
        async {
            let verdict = self.inner.verifier.verify_fetching(token).await;
            self.record_token_verdict(token, verdict)
        }
        .instrument(observe::authenticate_span())
        .await
    }

    /// Requires further scopes of a token that this guard has accepted.
    #[cfg(feature = "tower")]
    pub(crate) fn check_scopes(&self, token: &VerifiedToken, needed: &Arc<str>) -> Result<(), Rejection> {
        require_scopes(token, needed).inspect_err(|rejection| self.record_rejection(rejection))
    }

    /// Counts and logs a rejection.
    pub(crate) fn record_rejection(&self, rejection: &Rejection) {
        self.inner.metrics.rejected(rejection);
        observe::rejected(rejection);
    }

    /// Returns the answer to a rejection with this guard's realm and another status.
    pub(crate) fn answer_as(&self, rejection: &Rejection, status: u16) -> Answer {
        rejection.answer_as(&self.inner.realm, status)
    }

    fn check(&self, token: &[u8], verdict: Result<VerifiedToken, Refusal>) -> Verdict {
        let verified = match verdict {
            Ok(verified) => verified,
            // The key is unknown because the keys could not be fetched: this says nothing about the token.
            Err(Refusal::KeyNotFound) if self.inner.verifier.may_miss_keys_for(token) => {
                return Err(Rejection::KeysUnavailable);
            }
            Err(Refusal::Base64Invalid) if is_padded(token) => return Err(Rejection::PaddedToken),
            Err(refusal) => return Err(refusal.into()),
        };
        if verified.is_bound() && !self.inner.bound_tokens {
            return Err(Refusal::BoundToken.into());
        }
        if let Some(needed) = &self.inner.scopes {
            require_scopes(&verified, needed)?;
        }
        self.check_claims(&verified)?;
        Ok(Some(verified))
    }

    fn check_claims(&self, verified: &VerifiedToken) -> Result<(), Rejection> {
        if self.inner.claims.is_empty() {
            return Ok(());
        }
        // Claims that could not be read would meet no rule.
        let claims = claim_numbers::read(verified.payload()).unwrap_or_default();
        let unmet = self.inner.claims.iter().find(|rule| !rule.is_met(verified.issuer(), &claims));
        unmet.map_or(Ok(()), |rule| Err(Rejection::ClaimNotAllowed(rule.claim().into())))
    }

    fn record_token_verdict(&self, token: &[u8], verdict: Result<VerifiedToken, Refusal>) -> Verdict {
        self.record(self.check(token, verdict))
    }

    fn record(&self, verdict: Verdict) -> Verdict {
        match &verdict {
            Ok(Some(token)) => {
                self.inner.metrics.accepted();
                observe::accepted(token);
            }
            Ok(None) => {
                self.inner.metrics.anonymous();
                observe::anonymous();
            }
            Err(rejection) => self.record_rejection(rejection),
        }
        verdict
    }
}

fn require_scopes(token: &VerifiedToken, needed: &Arc<str>) -> Result<(), Rejection> {
    let scopes = token.scopes();
    if needed.is_empty() {
        // A scope without a name was required: refuse every request.
        return Err(Rejection::Setup(SetupFault::ScopeEmpty));
    }
    if needed.split_ascii_whitespace().all(|scope| scopes.contains(scope)) {
        Ok(())
    } else {
        Err(Rejection::InsufficientScope(Arc::clone(needed)))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("realm", &self.inner.realm)
            .field("source", &self.inner.source)
            .field("scopes", &self.inner.scopes)
            .field("optional", &self.inner.optional)
            .finish_non_exhaustive()
    }
}
