//! Accounts: which users may log in, and with which password.

mod email;
mod user;

pub use email::{Email, NoEmail};
pub use user::{Credentials, NoUserId, User, UserId};

use crate::passwords::StoredPassword;
use glowband_session::{StoreError, Timestamp};
use glowband_storage::{Act, NewUser, Storage, UserPosition, UserRow};

/// The users of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct Accounts {
    storage: Storage,
}

/// The position in a list of users: after this user.
#[derive(Clone, Debug)]
pub struct After {
    pub created_at: Timestamp,
    pub id: UserId,
}

impl From<&User> for After {
    fn from(user: &User) -> Self {
        Self { created_at: user.created_at, id: user.id.clone() }
    }
}

impl Accounts {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { storage }
    }

    /// Adds a user. Returns `None` if the address already has an account, in any spelling.
    pub async fn create(&self, email: &Email, password: &StoredPassword) -> Result<Option<User>, StoreError> {
        let id = UserId::random()?;
        let new = NewUser { id: &id, email: email.as_str(), email_key: email.key(), password: password.as_str() };
        user(self.storage.users().create(new).await?)
    }

    pub async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.credentials(id).await?.map(|credentials| credentials.user))
    }

    /// Reads a user and the stored password, to check the current password before a change of it.
    pub(crate) async fn credentials(&self, id: &UserId) -> Result<Option<Credentials>, StoreError> {
        self.storage.users().find(id).await?.map(Credentials::try_from).transpose()
    }

    /// Reads a user and the stored password for a login.
    pub async fn find_by_email(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.storage.users().find_by_email(email.key()).await?.map(Credentials::try_from).transpose()
    }

    /// Returns at most `limit` users, the oldest first.
    pub async fn list(&self, after: Option<After>, limit: u32) -> Result<Vec<User>, StoreError> {
        let after = after.map(|after| UserPosition { created_at: after.created_at, id: after.id.to_string() });
        self.storage.users().list(after, limit).await?.into_iter().map(User::try_from).collect()
    }

    /// Returns whether a login that began when the user was read may be finished: the user exists, is enabled, and has the
    /// same password. Call it after the session of the login was opened.
    ///
    /// Every change that disables a user or sets a password is made before the sessions of the user are ended, or in the
    /// same transaction. So a login either sees the change here, or its session is ended.
    pub(crate) async fn still(&self, user: &User) -> Result<bool, StoreError> {
        Ok(self.storage.users().epoch(&user.id).await? == Some(user.epoch))
    }

    /// Sets a new password for an operator. Logins in progress are not finished after it. Returns `None` if the user does
    /// not exist.
    ///
    /// The caller ends the sessions.
    pub async fn set_password(&self, id: &UserId, password: &StoredPassword) -> Result<Option<User>, StoreError> {
        user(self.storage.users().set_password(id, password.as_str()).await?)
    }

    /// Sets a new password for a logged-in user. Logins in progress are not finished after it.
    pub(crate) async fn change_password(act: &mut Act, password: &StoredPassword) -> Result<(), StoreError> {
        act.set_password(password.as_str()).await
    }

    /// Stores a hash of the same password at another cost, unless the password was changed in between.
    pub(crate) async fn rehash(
        &self,
        id: &UserId,
        from: &StoredPassword,
        to: &StoredPassword,
    ) -> Result<bool, StoreError> {
        self.storage.users().rehash(id, from.as_str(), to.as_str()).await
    }

    /// Refuses logins from now on, those in progress, and personal tokens. Returns `None` if the user does not exist. The
    /// time at which a disabled user was disabled stays.
    ///
    /// The caller ends the sessions.
    pub async fn disable(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        user(self.storage.users().disable(id).await?)
    }

    /// Accepts logins again. Returns `None` if the user does not exist.
    pub async fn enable(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        user(self.storage.users().enable(id).await?)
    }

    /// Deletes the user and the user's tokens; audit events stay. Disable the user and end the sessions first. Returns
    /// whether the user existed.
    pub async fn delete(&self, id: &UserId) -> Result<bool, StoreError> {
        self.storage.users().delete(id).await
    }
}

fn user(row: Option<UserRow>) -> Result<Option<User>, StoreError> {
    row.map(User::try_from).transpose()
}
