//! What the database keeps of a password.

use argon2::PasswordHash;
use std::fmt;
use zeroize::Zeroizing;

/// A hash in PHC string format (`$argon2id$v=19$m=19456,t=2,p=1$salt$hash`). No password, but what one is guessed with.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword(Zeroizing<String>);

impl StoredPassword {
    /// As it stands in the database.
    pub(crate) fn from_database(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// For the database.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn parse(&self) -> Option<PasswordHash> {
        PasswordHash::new(&self.0).ok()
    }
}

impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredPassword(…)")
    }
}
