//! Passwords: which ones are accepted, how they are kept, and how many are computed at once.
//!
//! A password is the bytes of its UTF-8, exactly as they were sent: nothing is trimmed, folded or normalised, so a hash
//! made here can be checked by any other implementation of Argon2id. Somebody whose keyboard writes `é` in two code
//! points has another password than somebody whose keyboard writes it in one; clients that fear this normalise (NFC)
//! before they send, always or never.
//!
//! Nothing here tells whether a user exists: for an unknown one a hash is computed too, and one that was stored at a lower
//! cost is made up for, so that a wrong password takes the same work in every case.

mod hashing;
mod password;
mod pool;
mod rules;
mod stored;
mod well_known;

pub use password::{MAX_BYTES as MAX_PASSWORD_BYTES, Password, PasswordProblem};
pub(crate) use pool::Busy;
pub(crate) use pool::PoolFigures;
pub use stored::StoredPassword;

use crate::accounts::Email;
pub(crate) use crate::config::Cost;

use crate::config::PasswordSettingError;
use pool::Pool;
use rules::Rules;
use std::fmt;

/// What operators may set; the defaults are OWASP's.
#[derive(Clone, Debug)]
pub(crate) struct PasswordSettings {
    /// The fewest characters of a new password.
    pub(crate) min_length: usize,
    pub(crate) cost: Cost,
    /// Hashes computed at once; each takes a core and the memory of its cost.
    pub(crate) parallel: usize,
    /// Hashes that may wait for their turn, beyond which the answer is [`Busy`].
    pub(crate) waiting: usize,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        let parallel = std::thread::available_parallelism().map_or(1, usize::from);
        Self { min_length: 10, cost: Cost::default(), parallel, waiting: 64 * parallel }
    }
}

/// Judges, hashes and checks passwords. Clones share one pool.
#[derive(Clone, Debug)]
pub struct Passwords {
    rules: Rules,
    cost: Cost,
    pool: Pool,
}

/// Whether a password is the stored one.
#[derive(Debug)]
pub(crate) enum Verdict {
    Right {
        /// The same password at today's cost, if it was stored at a lower one; to be stored in its place.
        better: Option<StoredPassword>,
    },
    Wrong,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Too many are waiting already.
    Busy(Busy),
    /// The system gave neither memory nor randomness; the reason is in the log.
    Failed,
}

impl Passwords {
    /// # Errors
    /// Returns which setting is not allowed.
    pub(crate) fn new(settings: &PasswordSettings) -> Result<Self, PasswordSettingError> {
        Ok(Self {
            rules: Rules::new(settings.min_length)?,
            cost: settings.cost,
            pool: Pool::new(settings.parallel, settings.waiting)?,
        })
    }

    /// Whether this may become the password of the account; for registration and change, never for logins.
    pub fn check(&self, password: &Password, account: &Email) -> Result<(), PasswordProblem> {
        self.rules.check(password, account)
    }

    /// What to store for a new password, which [`check`](Self::check) has accepted.
    pub async fn hash(&self, password: Password) -> Result<StoredPassword, PasswordError> {
        let cost = self.cost;
        self.pool.run(move |memory| hashing::hash(&password, cost, memory)).await?
    }

    /// Whether `password` is the stored one; `None`, for an unknown user, takes as long and is always wrong.
    pub(crate) async fn verify(
        &self,
        password: Password,
        stored: Option<StoredPassword>,
    ) -> Result<Verdict, PasswordError> {
        let cost = self.cost;
        self.pool.run(move |memory| hashing::verify(&password, stored.as_ref(), cost, memory)).await?
    }

    /// How busy the pool is, for metrics.
    pub(crate) fn figures(&self) -> PoolFigures {
        self.pool.figures()
    }
}

impl From<Busy> for PasswordError {
    fn from(busy: Busy) -> Self {
        Self::Busy(busy)
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(busy) => busy.fmt(f),
            Self::Failed => f.write_str("the password could not be computed; the reason is in the log"),
        }
    }
}

#[cfg(test)]
mod tests;
