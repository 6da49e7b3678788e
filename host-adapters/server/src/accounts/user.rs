//! Users and their ids.

use super::Email;
use crate::database::damaged;
use crate::passwords::StoredPassword;
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_session::{StoreError, StoreErrorKind, Timestamp};
use glowband_storage::{UserRow, UserWithPassword};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// 16 random bytes, as 22 characters of base64url: the `sub` of tokens. It reveals nothing, and never changes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(String);

impl UserId {
    /// Returns a new id. It never begins with `-`, which a command line would read as a flag.
    pub(crate) fn random() -> Result<Self, StoreError> {
        loop {
            let mut bytes = [0; 16];
            let filled = aws_lc_rs::rand::fill(&mut bytes);
            filled.map_err(|_| StoreError::new(StoreErrorKind::Other, "the system has no randomness"))?;
            let id = Base64UrlUnpadded::encode_string(&bytes);
            if !id.starts_with('-') {
                return Ok(Self(id));
            }
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Dereferences to the text of the id, as sessions and tokens contain it.
impl Deref for UserId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The error for a text that is not a [`UserId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoUserId;

impl FromStr for UserId {
    type Err = NoUserId;

    fn from_str(text: &str) -> Result<Self, NoUserId> {
        let mut bytes = [0; 16];
        match Base64UrlUnpadded::decode(text, &mut bytes) {
            Ok(decoded) if decoded.len() == 16 => Ok(Self(text.to_owned())),
            _ => Err(NoUserId),
        }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({self})")
    }
}

impl fmt::Display for NoUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("This is no user id: it has 22 characters of base64url.")
    }
}

/// A user, as the row was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub created_at: Timestamp,
    pub password_changed_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    /// Rises with each change that ends all logins of the user; see [`Accounts::still`](super::Accounts::still).
    pub(crate) epoch: i64,
}

/// A user and the stored password.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub user: User,
    pub(crate) password: StoredPassword,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.parse().map_err(|_| damaged("user id"))?,
            email: Email::from_database(row.email),
            created_at: row.created_at,
            password_changed_at: row.password_changed_at,
            disabled_at: row.disabled_at,
            epoch: row.epoch,
        })
    }
}

impl TryFrom<UserWithPassword> for Credentials {
    type Error = StoreError;

    fn try_from(row: UserWithPassword) -> Result<Self, StoreError> {
        Ok(Self { user: row.user.try_into()?, password: StoredPassword::from_database(row.password) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_random_and_has_one_spelling() {
        let id = UserId::random().unwrap();
        assert_eq!(id.as_str().len(), 22);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_ne!(id, UserId::random().unwrap());
        for wrong in ["", "A", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAA+A", &"A".repeat(23)] {
            assert_eq!(wrong.parse::<UserId>(), Err(NoUserId), "{wrong}");
        }
    }

    #[test]
    fn a_new_id_can_be_written_after_a_command() {
        for _ in 0..1000 {
            assert!(!UserId::random().unwrap().as_str().starts_with('-'));
        }
    }
}
