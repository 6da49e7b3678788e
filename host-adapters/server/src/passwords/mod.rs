//! Passwords: the rules for new ones, their hashes, and how many hashes are computed at once.
//!
//! A password is its UTF-8 bytes as the client sent them. The server does not trim, fold or normalise it, so any other
//! implementation of Argon2id can check the hash. A keyboard that writes `é` as two code points therefore gives another
//! password than one that writes it as one. Clients that want to avoid this normalise all passwords (NFC) before they send
//! them.
//!
//! The time of a login does not reveal whether a user exists: the server computes a hash for unknown users too, and does
//! extra work for hashes that were stored at a lower cost.

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

/// The settings of passwords. The defaults are OWASP's.
#[derive(Clone, Debug)]
pub(crate) struct PasswordSettings {
    /// The minimum length of a new password, in characters.
    pub(crate) min_length: usize,
    pub(crate) cost: Cost,
    /// How many hashes are computed at once. Each takes a core and the memory of its cost.
    pub(crate) parallel: usize,
    /// How many hashes can wait. More are refused with [`Busy`].
    pub(crate) waiting: usize,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        let parallel = std::thread::available_parallelism().map_or(1, usize::from);
        Self { min_length: 10, cost: Cost::default(), parallel, waiting: 64 * parallel }
    }
}

/// Checks new passwords against the rules, and hashes and verifies passwords. Clones share one pool.
#[derive(Clone, Debug)]
pub struct Passwords {
    rules: Rules,
    cost: Cost,
    pool: Pool,
}

/// The result of verifying a password.
#[derive(Debug)]
pub(crate) enum Verdict {
    Right {
        /// A hash of the same password at the current cost, which replaces a stored hash of a lower cost.
        better: Option<StoredPassword>,
    },
    Wrong,
}

/// Why a password could not be hashed or verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// The queue is full.
    Busy(Busy),
    /// The system failed to provide memory or random bytes. The log has the cause.
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

    /// Checks the rules for a new password, at a registration or a password change. Logins do not use it.
    pub fn check(&self, password: &Password, account: &Email) -> Result<(), PasswordProblem> {
        self.rules.check(password, account)
    }

    /// Returns the hash of a new password, which [`check`](Self::check) has accepted.
    pub async fn hash(&self, password: Password) -> Result<StoredPassword, PasswordError> {
        let cost = self.cost;
        self.pool.run(move |memory| hashing::hash(&password, cost, memory)).await?
    }

    /// Verifies `password`. For an unknown user, pass `None`: it takes as long and is always wrong.
    pub(crate) async fn verify(
        &self,
        password: Password,
        stored: Option<StoredPassword>,
    ) -> Result<Verdict, PasswordError> {
        let cost = self.cost;
        self.pool.run(move |memory| hashing::verify(&password, stored.as_ref(), cost, memory)).await?
    }

    /// Returns the load of the pool, for metrics.
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
