//! Logins that are alive, and what is done in their name: see [`glowband_storage::LiveLogins`].

pub(crate) use glowband_storage::{Act, Ends, Look, NotLive};

use crate::accounts::User;
use glowband_session::{SessionId, StoreError};
use glowband_storage::Storage;

/// A login that was alive, and its user enabled, when it was read. It permits nothing by itself: changes need an [`Act`],
/// listings a [`Look`].
#[derive(Clone, Debug)]
pub(crate) struct LiveLogin {
    login: glowband_storage::LiveLogin,
    user: User,
}

impl LiveLogin {
    /// Reads a session that is alive and belongs to this user, who is enabled.
    pub(crate) async fn find(storage: &Storage, id: SessionId, user_id: &str) -> Result<Option<Self>, StoreError> {
        let Some(login) = storage.live_logins().find(id, user_id).await? else {
            return Ok(None);
        };
        let user = User::try_from(login.user().clone())?;
        Ok(Some(Self { login, user }))
    }

    pub(crate) const fn session_id(&self) -> SessionId {
        self.login.session_id()
    }

    /// Returns the user as the row said when the login was read.
    pub(crate) const fn user(&self) -> &User {
        &self.user
    }

    /// Begins a change in the name of the login.
    ///
    /// # Errors
    /// [`NotLive`], also if the password of the account has changed since the login was read.
    pub(crate) async fn act(&self, storage: &Storage, ends: Ends) -> Result<Act, NotLive> {
        storage.live_logins().act(&self.login, ends).await
    }

    /// Begins to read in the name of the login.
    ///
    /// # Errors
    /// [`NotLive`].
    pub(crate) async fn look(&self, storage: &Storage) -> Result<Look, NotLive> {
        storage.live_logins().look(&self.login).await
    }
}
