//! The keys of a running issuer: one signs, those that others still need are published.

use crate::jwks_document::JwksDocument;
use crate::rotation::{Change, KeyPlan, KeyState, KeyStatus, RotationSchedule, due, timeline};
use crate::signer::{SignError, Signer};
use arc_swap::ArcSwap;
use glowband_core::{Algorithm, SignatureCheck, SignatureMismatch, UnixSeconds};
use glowband_verify::{BoxedKey, KeyReader, KeySet, LiveKeys};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One key of an issuer: what signs, and when it does.
#[derive(Clone)]
pub struct IssuerKey {
    kid: Arc<str>,
    signer: Arc<dyn Signer>,
    public_jwk: Option<Arc<str>>,
    plan: KeyPlan,
}

impl IssuerKey {
    /// Asks the signer for its name and its public part, once.
    ///
    /// # Errors
    /// [`IssuerKeysError::NoName`]: without a `kid`, verifiers could not tell two keys apart.
    pub fn new(signer: Arc<dyn Signer>, plan: KeyPlan) -> Result<Self, IssuerKeysError> {
        let kid = signer.key_id().filter(|kid| !kid.is_empty()).ok_or(IssuerKeysError::NoName)?.into();
        let public_jwk = signer.public_jwk().map(Into::into);
        Ok(Self { kid, signer, public_jwk, plan })
    }

    /// The name that tokens call the key by.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What the key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    /// When the key comes and goes.
    pub fn plan(&self) -> KeyPlan {
        self.plan
    }
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKey").field("kid", &self.kid).field("plan", &self.plan).finish_non_exhaustive()
    }
}

/// Why keys cannot be those of an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerKeysError {
    /// A signer has no `kid`.
    NoName,
    /// Two keys have this `kid`.
    SameName(String),
}

impl fmt::Display for IssuerKeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("A signing key has no kid; every key of an issuer needs one."),
            Self::SameName(kid) => write!(f, "Two signing keys have the kid {kid:?}; each needs one of its own."),
        }
    }
}

impl std::error::Error for IssuerKeysError {}

/// The keys of a running issuer. Clones are handles to the same keys; no reader ever waits.
///
/// States follow from plans and the moment that the caller names, so that every process that has the same keys begins to
/// sign with the next one at the same moment, without a word between them.
#[derive(Clone)]
pub struct IssuerKeys {
    shared: Arc<Shared>,
}

struct Shared {
    current: ArcSwap<Vec<IssuerKey>>,
    schedule: RotationSchedule,
    verifying: LiveKeys,
    /// Which keys `verifying` has; held while that is brought up to date.
    verified: Mutex<Vec<Arc<str>>>,
}

impl IssuerKeys {
    /// Starts with these keys; with none, nothing can be signed.
    ///
    /// # Errors
    /// [`IssuerKeysError::SameName`].
    pub fn new(keys: Vec<IssuerKey>, schedule: RotationSchedule, now: UnixSeconds) -> Result<Self, IssuerKeysError> {
        let this = Self::without_keys(schedule);
        this.replace(keys, now)?;
        Ok(this)
    }

    pub(crate) fn without_keys(schedule: RotationSchedule) -> Self {
        let shared = Shared {
            current: ArcSwap::from_pointee(Vec::new()),
            schedule,
            verifying: LiveKeys::new(KeySet::new()),
            verified: Mutex::new(Vec::new()),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Puts other keys in force.
    ///
    /// # Errors
    /// [`IssuerKeysError::SameName`], in which case the old ones stay.
    pub fn replace(&self, keys: Vec<IssuerKey>, now: UnixSeconds) -> Result<(), IssuerKeysError> {
        for (index, key) in keys.iter().enumerate() {
            if keys.iter().take(index).any(|other| other.kid == key.kid) {
                return Err(IssuerKeysError::SameName(key.kid().to_owned()));
            }
        }
        self.shared.current.store(Arc::new(keys));
        self.refresh(now);
        Ok(())
    }

    /// The key that signs now. Take it anew for every token.
    ///
    /// # Errors
    /// [`SignError::NoKey`] if there is none at all.
    pub fn signer(&self, now: UnixSeconds) -> Result<Arc<dyn Signer>, SignError> {
        let keys = self.shared.current.load();
        let active = status(&keys, now).into_iter().find(|key| key.state == KeyState::Active);
        let active = active.and_then(|status| keys.iter().find(|key| key.kid == status.key));
        active.map(|key| Arc::clone(&key.signer)).ok_or(SignError::NoKey)
    }

    /// The document for `/.well-known/jwks.json`: every key that is announced, active or retiring, its public part only.
    pub fn jwks(&self, now: UnixSeconds) -> JwksDocument {
        let published = self.published(now);
        let public = published.iter().filter_map(|key| key.public_jwk.as_deref());
        JwksDocument::of(public, self.shared.schedule.jwks_max_age())
    }

    /// The same keys for verifiers in this process, kept up to date by [`replace`](Self::replace) and
    /// [`refresh`](Self::refresh); shared secrets are among them.
    pub fn verifying(&self) -> &LiveKeys {
        &self.shared.verifying
    }

    /// Takes keys that are gone by now out of [`verifying`](Self::verifying). Call it now and then.
    pub fn refresh(&self, now: UnixSeconds) {
        let mut verified = self.shared.verified.lock().unwrap_or_else(PoisonError::into_inner);
        let published = self.published(now);
        let names: Vec<_> = published.iter().map(|key| Arc::clone(&key.kid)).collect();
        // The same keys stay: what was prepared for them, and the tokens that are known to be good.
        if *verified != names {
            self.shared.verifying.replace(key_set(&published));
            *verified = names;
        }
    }

    /// The state of every key, in the order in which they sign.
    pub fn status(&self, now: UnixSeconds) -> Vec<KeyStatus<Arc<str>>> {
        status(&self.shared.current.load(), now)
    }

    /// What the schedule wants done; see [`due`]. [`KeyFolder`](crate::KeyFolder) does it for keys in files.
    pub fn due(&self, now: UnixSeconds) -> Vec<Change<Arc<str>>> {
        due(&plans(&self.shared.current.load()), now, &self.shared.schedule)
    }

    /// The keys, in no particular order.
    pub fn keys(&self) -> Arc<Vec<IssuerKey>> {
        self.shared.current.load_full()
    }

    /// When keys come and go.
    pub fn schedule(&self) -> &RotationSchedule {
        &self.shared.schedule
    }

    fn published(&self, now: UnixSeconds) -> Vec<IssuerKey> {
        let keys = self.shared.current.load();
        let published = status(&keys, now).into_iter().filter(|key| key.state != KeyState::Gone);
        published.filter_map(|status| keys.iter().find(|key| key.kid == status.key).cloned()).collect()
    }
}

impl fmt::Debug for IssuerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKeys")
            .field("keys", &self.shared.current.load())
            .field("schedule", &self.shared.schedule)
            .finish_non_exhaustive()
    }
}

fn plans(keys: &[IssuerKey]) -> Vec<(Arc<str>, KeyPlan)> {
    keys.iter().map(|key| (Arc::clone(&key.kid), key.plan)).collect()
}

fn status(keys: &[IssuerKey], now: UnixSeconds) -> Vec<KeyStatus<Arc<str>>> {
    timeline(&plans(keys), now)
}

/// What checks the tokens that these keys sign.
fn key_set(keys: &[IssuerKey]) -> KeySet {
    let public = keys.iter().filter_map(|key| key.public_jwk.as_deref());
    let document = JwksDocument::of(public, Duration::ZERO);
    let mut set = KeyReader::new().jwks(document.json().as_bytes()).unwrap_or_default();
    for key in keys.iter().filter(|key| key.public_jwk.is_none()) {
        if let Some(check) = key.signer.own_check() {
            set.add(Some(key.kid.as_bytes()), OwnCheck(check));
        }
    }
    set
}

/// A boxed check as a key of a set.
struct OwnCheck(BoxedKey);

impl SignatureCheck for OwnCheck {
    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.0.check(signing_input, signature)
    }
}
