//! The table `users`.

use crate::values::moment;
use glowband_session::{StoreError, StoreFuture, Timestamp};

/// A user, as the row says. A copy that is kept becomes outdated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// The id: the `sub` of tokens. It never changes.
    pub id: String,
    /// The e-mail address as the user writes it.
    pub email: String,
    /// When the account was created.
    pub created_at: Timestamp,
    /// When the password was last set.
    pub password_changed_at: Timestamp,
    /// Since when logins are refused, if they are.
    pub disabled_at: Option<Timestamp>,
    /// Rises with each change that ends all logins of the user: a new password, or a disabled account.
    pub epoch: i64,
}

/// A user and the stored password hash.
#[derive(Clone, PartialEq, Eq)]
pub struct UserWithPassword {
    /// The user.
    pub user: UserRow,
    /// The password hash, in PHC string format.
    pub password: String,
}

/// A user to be added.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// See [`UserRow::id`]; 22 characters.
    pub id: &'a str,
    /// See [`UserRow::email`].
    pub email: &'a str,
    /// The form of the address that is compared: two spellings of one address have the same key.
    pub email_key: &'a str,
    /// The password hash, in PHC string format.
    pub password: &'a str,
}

/// The position in a list of users: after this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPosition {
    /// See [`UserRow::created_at`].
    pub created_at: Timestamp,
    /// See [`UserRow::id`].
    pub id: String,
}

/// The users of a database. Each method is one atomic statement.
pub trait Users: Send + Sync {
    /// Adds a user. Returns `None`, and changes nothing, if the `email_key` is taken.
    fn create<'a>(&'a self, new: NewUser<'a>) -> StoreFuture<'a, Option<UserRow>>;

    /// Reads a user by id.
    fn find<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserWithPassword>>;

    /// Reads a user by the `email_key`.
    fn find_by_email<'a>(&'a self, email_key: &'a str) -> StoreFuture<'a, Option<UserWithPassword>>;

    /// Returns at most `limit` users after a position, the oldest first.
    fn list(&self, after: Option<UserPosition>, limit: u32) -> StoreFuture<'_, Vec<UserRow>>;

    /// Returns the epoch of an enabled user; `None` if the user is disabled or does not exist. It waits for a change of the
    /// user that is in progress.
    fn epoch<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<i64>>;

    /// Sets the password and raises the epoch. Returns `None` if the user does not exist.
    fn set_password<'a>(&'a self, id: &'a str, password: &'a str) -> StoreFuture<'a, Option<UserRow>>;

    /// Replaces the hash `from` by the hash `to`; the epoch stays. Returns `false`, and changes nothing, if the stored hash
    /// is not `from`.
    fn rehash<'a>(&'a self, id: &'a str, from: &'a str, to: &'a str) -> StoreFuture<'a, bool>;

    /// Disables a user and raises the epoch; `disabled_at` of a disabled user stays. Returns `None` if the user does not
    /// exist.
    fn disable<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserRow>>;

    /// Enables a user; the epoch stays. Returns `None` if the user does not exist.
    fn enable<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserRow>>;

    /// Deletes a user with the tokens and known addresses of the user. Sessions and audit events stay. Returns whether the
    /// user existed.
    fn delete<'a>(&'a self, id: &'a str) -> StoreFuture<'a, bool>;
}

/// Hides the password hash.
impl std::fmt::Debug for UserWithPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserWithPassword").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Hides the address and the password hash.
impl std::fmt::Debug for NewUser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The columns of a user, in the order of [`Columns`].
macro_rules! columns {
    () => {
        "id, email, created_at, password_changed_at, disabled_at, epoch"
    };
}
pub(crate) use columns;

/// The same where other tables are read too.
macro_rules! joined_columns {
    () => {
        "users.id, email, users.created_at, password_changed_at, disabled_at, epoch"
    };
}
pub(crate) use joined_columns;

pub(crate) type Columns = (String, String, i64, i64, Option<i64>, i64);
/// The columns, and `password` after them.
pub(crate) type WithPassword = (String, String, i64, i64, Option<i64>, i64, String);

pub(crate) fn user(columns: Columns) -> Result<UserRow, StoreError> {
    let (id, email, created_at, password_changed_at, disabled_at, epoch) = columns;
    Ok(UserRow {
        id,
        email,
        created_at: moment(created_at, "creation time of a user")?,
        password_changed_at: moment(password_changed_at, "time of a password change")?,
        disabled_at: disabled_at.map(|at| moment(at, "time of disabling a user")).transpose()?,
        epoch,
    })
}

pub(crate) fn with_password(columns: WithPassword) -> Result<UserWithPassword, StoreError> {
    let (id, email, created_at, password_changed_at, disabled_at, epoch, password) = columns;
    Ok(UserWithPassword { user: user((id, email, created_at, password_changed_at, disabled_at, epoch))?, password })
}
