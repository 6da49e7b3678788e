//! The guard: a verifier, where the token stands, and what the token must allow.

use crate::answer::Answer;
use crate::claim_numbers;
use crate::claim_rule::ClaimRule;
use crate::cross_site::is_foreign;
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

/// Judges requests. A clone is a handle: it shares the verifier and the counters, and may be given other settings.
///
/// A guard is a [`tower::Layer`](crate::tower), it becomes a middleware of actix-web, it answers
/// [reverse proxies](crate::forward_auth), and with [`authenticate`](Self::authenticate) it serves everything else.
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
    /// Scopes that a token must have, with spaces between them.
    scopes: Option<Arc<str>>,
    /// Other origins whose requests may change something with a token from a cookie.
    origins: Vec<Box<str>>,
    claims: Vec<ClaimRule>,
    optional: bool,
    bound_tokens: bool,
}

/// What looking at a request alone can tell.
pub(crate) enum Look {
    /// The verdict.
    Settled(Verdict),
    /// This token names a key that is not here; the verdict needs its issuer's keys once more.
    Unknown(Box<[u8]>),
}

/// A token; none if the guard lets requests without one through.
pub(crate) type Verdict = Result<Option<VerifiedToken>, Rejection>;

impl Guard {
    /// A guard that takes the token from the header `Authorization`, and needs one.
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

    /// What is protected, in your own words, for the challenge (RFC 9110 §11.5). Default: `api`.
    #[must_use]
    pub fn realm(mut self, realm: impl Into<Arc<str>>) -> Self {
        Arc::make_mut(&mut self.inner).realm = realm.into();
        self
    }

    /// Needs this scope, besides those that were named before; several in one text have spaces between them.
    ///
    /// An [optional](Self::optional) guard asks for scopes only where a request brings a token. A text without a name, such
    /// as a setting that was left empty, shuts the guard: everything is then answered 500.
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

    /// Requires a claim of the token to say something, besides the rules that were given before: roles, groups,
    /// permissions, the client. A token that does not is answered 403.
    #[must_use]
    pub fn require_claim(mut self, rule: ClaimRule) -> Self {
        Arc::make_mut(&mut self.inner).claims.push(rule);
        self
    }

    /// Accepts tokens that are bound to a key (`cnf`: DPoP, RFC 9449; client certificates, RFC 8705) as bearers.
    ///
    /// By default such a token is refused ([`Refusal::BoundToken`]), because this guard does not ask for a proof of
    /// possession. With this setting a stolen token is good without its key. It is meant for servers behind something
    /// that checks the proof.
    #[must_use]
    pub fn danger_accept_bound_tokens(mut self) -> Self {
        Arc::make_mut(&mut self.inner).bound_tokens = true;
        self
    }

    /// Takes the token from the cookie of this name, and from nowhere else. See [`TokenSource`] on what a cookie asks of
    /// a server.
    #[must_use]
    pub fn cookie(self, name: impl Into<Box<str>>) -> Self {
        self.source(TokenSource::Cookie(name.into()))
    }

    /// Takes the token from the header `Authorization` or from the cookie of this name; a request with both is refused.
    #[must_use]
    pub fn header_or_cookie(self, name: impl Into<Box<str>>) -> Self {
        self.source(TokenSource::HeaderOrCookie(name.into()))
    }

    /// Lets requests of this origin, such as `https://app.example`, change something with a token from a cookie, besides
    /// those of the server's own. Tokens in the header need no such leave.
    #[must_use]
    pub fn allow_origin(mut self, origin: impl Into<Box<str>>) -> Self {
        Arc::make_mut(&mut self.inner).origins.push(origin.into());
        self
    }

    /// Takes the token from the header of this name, with or without `Bearer` before it, and from nowhere else:
    /// `Cf-Access-Jwt-Assertion`, `X-Goog-IAP-JWT-Assertion`.
    #[must_use]
    pub fn named_header(self, name: impl Into<Box<str>>) -> Self {
        self.source(TokenSource::NamedHeader(name.into()))
    }

    /// Takes the token from there.
    #[must_use]
    pub fn source(mut self, source: TokenSource) -> Self {
        Arc::make_mut(&mut self.inner).source = source;
        self
    }

    /// Lets requests without a token through. A token that is brought must be good all the same.
    #[must_use]
    pub fn optional(mut self) -> Self {
        Arc::make_mut(&mut self.inner).optional = true;
        self
    }

    /// Needs a token again, whatever was said before.
    pub(crate) fn mandatory(mut self) -> Self {
        Arc::make_mut(&mut self.inner).optional = false;
        self
    }

    /// Judges a request by its headers, and counts and traces the verdict.
    ///
    /// Waits for nothing unless the token names a key that is not here, and the keys come from elsewhere.
    ///
    /// # Errors
    /// Why the request must not get through; [`deny`](Self::deny) makes the answer. `Ok(None)` is a request without a
    /// token before an optional guard.
    pub async fn authenticate<R: RequestHead + ?Sized>(&self, request: &R) -> Result<Option<VerifiedToken>, Rejection> {
        match self.look(request) {
            Look::Settled(verdict) => verdict,
            Look::Unknown(token) => self.fetch(&token).await,
        }
    }

    /// The answer to a rejected request, in this guard's realm.
    pub fn deny(&self, rejection: Rejection) -> Denial {
        Denial::new(rejection, Arc::clone(&self.inner.realm))
    }

    /// How often this guard and its clones came to each verdict.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// The verifier.
    pub fn verifier(&self) -> &Arc<HostVerifier> {
        &self.inner.verifier
    }

    /// Judges as far as that goes without waiting.
    pub(crate) fn look<R: RequestHead + ?Sized>(&self, request: &R) -> Look {
        let span = observe::judging();
        let _entered = span.enter();
        let token = match self.inner.source.locate(request) {
            Ok(Some((_, Carrier::Cookie))) if is_foreign(request, &self.inner.origins) => {
                return Look::Settled(self.settle(Err(Rejection::CrossSite)));
            }
            Ok(Some((token, _))) => token,
            Ok(None) if self.inner.optional => return Look::Settled(self.settle(Ok(None))),
            Ok(None) => return Look::Settled(self.settle(Err(Rejection::NoToken))),
            Err(malformed) => return Look::Settled(self.settle(Err(malformed.into()))),
        };
        match self.inner.verifier.verify(token) {
            Err(Refusal::KeyNotFound) => Look::Unknown(token.into()),
            verdict => Look::Settled(self.settle_token(token, verdict)),
        }
    }

    /// Judges a token whose key was not here.
    pub(crate) async fn fetch(&self, token: &[u8]) -> Verdict {
        async {
            let verdict = self.inner.verifier.verify_fetching(token).await;
            self.settle_token(token, verdict)
        }
        .instrument(observe::judging())
        .await
    }

    /// Whether a token that this guard has accepted also has these scopes.
    #[cfg(feature = "tower")]
    pub(crate) fn check_scopes(&self, token: &VerifiedToken, needed: &Arc<str>) -> Result<(), Rejection> {
        allows(token, needed).inspect_err(|rejection| self.note(rejection))
    }

    /// Counts and traces a rejection that was not found by looking at the token.
    pub(crate) fn note(&self, rejection: &Rejection) {
        self.inner.metrics.rejected(rejection);
        observe::rejected(rejection);
    }

    /// The answer to a rejection in this guard's realm, under another status.
    pub(crate) fn answer_as(&self, rejection: &Rejection, status: u16) -> Answer {
        rejection.answer_as(&self.inner.realm, status)
    }

    fn judge(&self, token: &[u8], verdict: Result<VerifiedToken, Refusal>) -> Verdict {
        let verified = match verdict {
            Ok(verified) => verified,
            // A key that is missing because it cannot be fetched says nothing about this token.
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
            allows(&verified, needed)?;
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

    fn settle_token(&self, token: &[u8], verdict: Result<VerifiedToken, Refusal>) -> Verdict {
        self.settle(self.judge(token, verdict))
    }

    fn settle(&self, verdict: Verdict) -> Verdict {
        match &verdict {
            Ok(Some(token)) => {
                self.inner.metrics.accepted();
                observe::accepted(token);
            }
            Ok(None) => {
                self.inner.metrics.anonymous();
                observe::anonymous();
            }
            Err(rejection) => self.note(rejection),
        }
        verdict
    }
}

fn allows(token: &VerifiedToken, needed: &Arc<str>) -> Result<(), Rejection> {
    let scopes = token.scopes();
    if needed.is_empty() {
        // Nothing is allowed where it was not said what is needed.
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
