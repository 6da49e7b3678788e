//! The keys of a running issuer: the key that signs, and the keys that are published for verification.

use crate::jwks_document::JwksDocument;
use crate::rotation::{Change, KeyPlan, KeyState, KeyStatus, RotationSchedule, due, timeline};
use crate::signer::{SignError, Signer};
use arc_swap::ArcSwap;
use glowband_core::{Algorithm, SignatureCheck, SignatureMismatch, UnixSeconds};
use glowband_verify::{BoxedKey, KeyReader, KeySet, LiveKeys};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A key of an issuer and the times at which it is used.
#[derive(Clone)]
pub struct IssuerKey {
    kid: Arc<str>,
    signer: Arc<dyn Signer>,
    public_jwk: Option<Arc<str>>,
    plan: KeyPlan,
}

impl IssuerKey {
    /// Creates a key from a signer; reads the signer's `kid` and public key once.
    ///
    /// # Errors
    /// Returns [`IssuerKeysError::MissingKid`] if the signer has no `kid`, which verifiers need to select a key.
    pub fn new(signer: Arc<dyn Signer>, plan: KeyPlan) -> Result<Self, IssuerKeysError> {
        let kid = signer.key_id().filter(|kid| !kid.is_empty()).ok_or(IssuerKeysError::MissingKid)?.into();
        let public_jwk = signer.public_jwk().map(Into::into);
        Ok(Self { kid, signer, public_jwk, plan })
    }

    /// Returns the key's `kid`.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Returns the key's algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    /// Returns the key's plan.
    pub fn plan(&self) -> KeyPlan {
        self.plan
    }
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKey").field("kid", &self.kid).field("plan", &self.plan).finish_non_exhaustive()
    }
}

/// Why keys cannot be the keys of an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerKeysError {
    /// A key has no `kid`.
    MissingKid,
    /// Two keys have this `kid`.
    DuplicateKid(String),
}

impl fmt::Display for IssuerKeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingKid => f.write_str("A signing key has no kid; every key of an issuer needs one."),
            Self::DuplicateKid(kid) => {
                write!(f, "Two signing keys have the kid {kid:?}; every key needs a different one.")
            }
        }
    }
}

impl std::error::Error for IssuerKeysError {}

/// The keys of a running issuer. Clones share the same keys. Readers never block.
///
/// The states of the keys follow from their plans and the time that the caller passes. All processes with the same keys
/// therefore start to sign with the next key at the same time, without communication.
#[derive(Clone)]
pub struct IssuerKeys {
    shared: Arc<Shared>,
}

struct Shared {
    current: ArcSwap<Vec<IssuerKey>>,
    schedule: RotationSchedule,
    verifying: LiveKeys,
    /// The keys that `verifying` contains. The lock is held while `verifying` is updated.
    verified: Mutex<Vec<Arc<str>>>,
}

impl IssuerKeys {
    /// Creates a set of keys. Without a key nothing can be signed.
    ///
    /// # Errors
    /// Returns [`IssuerKeysError::DuplicateKid`] if two keys have the same `kid`.
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

    /// Replaces all keys.
    ///
    /// # Errors
    /// Returns [`IssuerKeysError::DuplicateKid`] if two keys have the same `kid`. The previous keys then stay in use.
    pub fn replace(&self, keys: Vec<IssuerKey>, now: UnixSeconds) -> Result<(), IssuerKeysError> {
        for (index, key) in keys.iter().enumerate() {
            if keys.iter().take(index).any(|other| other.kid == key.kid) {
                return Err(IssuerKeysError::DuplicateKid(key.kid().to_owned()));
            }
        }
        self.shared.current.store(Arc::new(keys));
        self.refresh(now);
        Ok(())
    }

    /// Returns the signer of the active key. Call it for every token.
    ///
    /// # Errors
    /// Returns [`SignError::NoKey`] if there are no keys.
    pub fn signer(&self, now: UnixSeconds) -> Result<Arc<dyn Signer>, SignError> {
        let keys = self.shared.current.load();
        let active = status(&keys, now).into_iter().find(|key| key.state == KeyState::Active);
        let active = active.and_then(|status| keys.iter().find(|key| key.kid == status.key));
        active.map(|key| Arc::clone(&key.signer)).ok_or(SignError::NoKey)
    }

    /// Returns the document for `/.well-known/jwks.json`: the public keys that are announced, active or retiring.
    pub fn jwks(&self, now: UnixSeconds) -> JwksDocument {
        let published = self.published(now);
        let public = published.iter().filter_map(|key| key.public_jwk.as_deref());
        JwksDocument::of(public, self.shared.schedule.jwks_max_age())
    }

    /// Returns the same keys, and shared secrets, for verifiers in this process. [`replace`](Self::replace) and
    /// [`refresh`](Self::refresh) update them.
    pub fn verifying(&self) -> &LiveKeys {
        &self.shared.verifying
    }

    /// Removes keys whose retirement has ended from [`verifying`](Self::verifying). Call it regularly, such as every
    /// minute.
    pub fn refresh(&self, now: UnixSeconds) {
        let mut verified = self.shared.verified.lock().unwrap_or_else(PoisonError::into_inner);
        let published = self.published(now);
        let names: Vec<_> = published.iter().map(|key| Arc::clone(&key.kid)).collect();
        // Unchanged keys are not replaced: that would drop their prepared tables and the cache of verified tokens.
        if *verified != names {
            self.shared.verifying.replace(key_set(&published));
            *verified = names;
        }
    }

    /// Returns the state of every key, in the order in which they sign.
    pub fn status(&self, now: UnixSeconds) -> Vec<KeyStatus<Arc<str>>> {
        status(&self.shared.current.load(), now)
    }

    /// Returns the changes that the schedule requires now: see [`due`]. [`KeyFolder`](crate::KeyFolder) applies them to
    /// files.
    pub fn due(&self, now: UnixSeconds) -> Vec<Change<Arc<str>>> {
        due(&plans(&self.shared.current.load()), now, &self.shared.schedule)
    }

    /// Returns the keys in no particular order.
    pub fn keys(&self) -> Arc<Vec<IssuerKey>> {
        self.shared.current.load_full()
    }

    /// Returns the schedule.
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

/// Returns the keys that verify tokens of these signing keys.
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

/// A boxed signature check as a key of a set.
struct OwnCheck(BoxedKey);

impl SignatureCheck for OwnCheck {
    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.0.check(signing_input, signature)
    }
}
