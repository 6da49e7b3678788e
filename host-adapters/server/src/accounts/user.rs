//! A user, as their row says.

use super::Email;
use crate::database::{damaged, moment};
use crate::passwords::StoredPassword;
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_session::{StoreError, StoreErrorKind, Timestamp};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// 16 random bytes, as 22 characters of base64url: the `sub` of tokens. It says nothing, and never changes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(String);

impl UserId {
    /// A new one. It never begins with `-`, which a command line would take for a flag: one in 64 is thrown away.
    pub(super) fn random() -> Result<Self, StoreError> {
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

/// As sessions and tokens have it.
impl Deref for UserId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A text that is no [`UserId`].
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

/// A user; a copy that is held grows old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub created_at: Timestamp,
    pub password_changed_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    /// Moved on by whatever ends all logins of the user; see [`Accounts::still`](super::Accounts::still).
    pub(crate) epoch: i64,
}

/// A user and what their password is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub user: User,
    pub(crate) password: StoredPassword,
}

/// The columns of [`user`], in its order.
macro_rules! columns {
    () => {
        "id, email, created_at, password_changed_at, disabled_at, epoch"
    };
}
pub(super) use columns;

pub(crate) type Columns = (String, String, i64, i64, Option<i64>, i64);
pub(super) type WithPassword = (String, String, i64, i64, Option<i64>, i64, String);

pub(crate) fn user(
    (id, email, created_at, password_changed_at, disabled_at, epoch): Columns,
) -> Result<User, StoreError> {
    Ok(User {
        id: id.parse().map_err(|_| damaged("user id"))?,
        email: Email::from_database(email),
        created_at: moment(created_at)?,
        password_changed_at: moment(password_changed_at)?,
        disabled_at: disabled_at.map(moment).transpose()?,
        epoch,
    })
}

/// The columns of a user, and `password` behind them.
pub(super) fn credentials(row: WithPassword) -> Result<Credentials, StoreError> {
    let (id, email, created_at, password_changed_at, disabled_at, epoch, password) = row;
    Ok(Credentials {
        user: user((id, email, created_at, password_changed_at, disabled_at, epoch))?,
        password: StoredPassword::from_database(password),
    })
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
