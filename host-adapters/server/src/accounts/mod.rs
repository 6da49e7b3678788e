//! Accounts: who may log in, and with which password.

mod email;
mod postgres;
mod sqlite;
mod user;

pub use email::{Email, NoEmail};
pub(crate) use user::{Columns as UserColumns, user as user_of_row};
pub use user::{Credentials, NoUserId, User, UserId};

use crate::database::Database;
use crate::live_login::{Act, Change};
use crate::passwords::StoredPassword;
use glowband_session::{StoreError, Timestamp};

/// The users of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct Accounts {
    database: Database,
}

/// Where a listing goes on: behind this user.
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
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Adds a user; `None` if the address has an account already, in whatever spelling.
    pub async fn create(&self, email: &Email, password: &StoredPassword) -> Result<Option<User>, StoreError> {
        let id = UserId::random()?;
        match &self.database {
            Database::Sqlite(file) => sqlite::create(file, &id, email, password).await,
            Database::Postgres(database) => postgres::create(database, &id, email, password).await,
        }
    }

    pub async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.credentials(id).await?.map(|credentials| credentials.user))
    }

    /// With what a password is checked against, for a change of it.
    pub(crate) async fn credentials(&self, id: &UserId) -> Result<Option<Credentials>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::find(file, id).await,
            Database::Postgres(database) => postgres::find(database, id).await,
        }
    }

    /// With what a password is checked against, for a login.
    pub async fn find_by_email(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::find_by_email(file, email).await,
            Database::Postgres(database) => postgres::find_by_email(database, email).await,
        }
    }

    /// At most `limit` users, the oldest first.
    pub async fn list(&self, after: Option<After>, limit: u32) -> Result<Vec<User>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::list(file, after, limit).await,
            Database::Postgres(database) => postgres::list(database, after, limit).await,
        }
    }

    /// Whether a login that began with this look at the user may be finished: the user is there, enabled, and has the same
    /// password. To be called when the session of the login is open.
    ///
    /// A change of the user that is under way is waited for. Whatever disables a user or sets a password does that before
    /// it ends all sessions, or in the same transaction. So a login either sees the change here, or its session is ended.
    pub(crate) async fn still(&self, user: &User) -> Result<bool, StoreError> {
        let epoch = match &self.database {
            Database::Sqlite(file) => sqlite::epoch(file, &user.id).await?,
            Database::Postgres(database) => postgres::epoch(database, &user.id).await?,
        };
        Ok(epoch == Some(user.epoch))
    }

    /// Sets a new password in the name of an operator. Logins that are under way are not finished after it. `None` if there
    /// is no such user.
    ///
    /// The caller ends the sessions.
    pub async fn set_password(&self, id: &UserId, password: &StoredPassword) -> Result<Option<User>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::set_password(file.file.writer(), file.now(), id, password).await,
            Database::Postgres(database) => database
                .within_limit(postgres::set_password(database.pool(), id, password))
                .await?
                .map(user_of_row)
                .transpose(),
        }
    }

    /// Sets a new password in the name of a login. Logins that are under way are not finished after it.
    pub(crate) async fn change_password(act: &mut Act, password: &StoredPassword) -> Result<(), StoreError> {
        let id = act.user().id.clone();
        match act.change() {
            Change::Sqlite(file, change) => {
                sqlite::set_password(&mut **change, file.now(), &id, password).await?;
            }
            Change::Postgres(database, change) => {
                database.within_limit(postgres::set_password(&mut **change, &id, password)).await?;
            }
        }
        Ok(())
    }

    /// Keeps the same password at another cost, unless it was changed meanwhile.
    pub(crate) async fn rehash(
        &self,
        id: &UserId,
        from: &StoredPassword,
        to: &StoredPassword,
    ) -> Result<bool, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::rehash(file, id, from, to).await,
            Database::Postgres(database) => postgres::rehash(database, id, from, to).await,
        }
    }

    /// Refuses logins from now on, and those that are under way; personal tokens are refused too. `None` if there is no
    /// such user. Who is disabled already stays so since the same moment.
    ///
    /// The caller ends the sessions.
    pub async fn disable(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::disable(file, id).await,
            Database::Postgres(database) => postgres::disable(database, id).await,
        }
    }

    /// Accepts logins again. `None` if there is no such user.
    pub async fn enable(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::enable(file, id).await,
            Database::Postgres(database) => postgres::enable(database, id).await,
        }
    }

    /// Removes the user and their tokens; the audit log keeps what has happened. Disable them and end their sessions
    /// first. Answers whether there was one.
    pub async fn delete(&self, id: &UserId) -> Result<bool, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::delete(file, id).await,
            Database::Postgres(database) => postgres::delete(database, id).await,
        }
    }
}

#[cfg(test)]
mod on_both_databases;
