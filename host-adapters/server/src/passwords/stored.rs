//! The stored form of a password.

use argon2::PasswordHash;
use std::fmt;
use zeroize::Zeroizing;

/// A hash in PHC string format (`$argon2id$v=19$m=19456,t=2,p=1$salt$hash`). It is secret, because an attacker can use it to
/// guess the password.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword(Zeroizing<String>);

impl StoredPassword {
    /// Wraps the text from the database.
    pub(crate) fn from_database(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Returns the text for the database.
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
