//! What the API's handlers share.

use super::client_info::ClientInfo;
use super::client_mode::{ClientMode, Origins};
use super::problem::Problem;
use super::published::Documents;
use crate::accounts::{Email, User};
use crate::attempts::{LoginAttempt, TooMany};
use crate::audit::Event;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The state of the server, and values that the API derives from its settings once. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Api {
    app: AppState,
    pub(super) origins: Origins,
    pub(super) documents: Arc<Documents>,
    /// Whether a background task stores rotations in doubt.
    pub(super) settling: Arc<AtomicBool>,
}

impl Api {
    pub(super) fn new(app: AppState, documents: Documents) -> Self {
        let origins = Origins::new(&app.public_url, &app.settings.allowed_origins);
        let documents = Arc::new(documents);
        Self { app, origins, documents, settling: Arc::default() }
    }

    /// Returns the user of a token or a session, or `None` if the user is disabled or deleted.
    pub(super) async fn enabled_user(&self, id: &str) -> Result<Option<User>, Problem> {
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        Ok(self.accounts.find(&id).await?.filter(|user| user.disabled_at.is_none()))
    }

    /// Returns a permit to check a password of this account.
    ///
    /// # Errors
    /// 429. Each lockout is written to the audit log once.
    pub(super) async fn attempt(&self, email: &Email, client_info: &ClientInfo) -> Result<LoginAttempt, Problem> {
        let known = self.knows(email, client_info).await;
        match self.attempts.login(email, client_info.address(), known) {
            Ok(attempt) => Ok(attempt),
            Err(too_many) => Err(self.limited(too_many, client_info).await),
        }
    }

    /// Stores the client's address as a known address of the account.
    pub(super) async fn keep_address(&self, user: &User, client_info: &ClientInfo) {
        self.attempts.keep(&user.email, client_info.address());
        if let Err(error) = self.known_addresses.keep(&user.id, client_info.address()).await {
            tracing::warn!(%error, "failed to store a known address; it counts as unknown after a restart");
        }
    }

    /// Returns whether the database has this address as a known address of the account. The database is asked only if an
    /// attempt from an unknown address would be refused. It knows logins before a restart, and logins at other servers.
    async fn knows(&self, email: &Email, client_info: &ClientInfo) -> bool {
        if !self.attempts.would_refuse_a_stranger(email, client_info.address()) {
            return false;
        }
        match self.known_addresses.contains(email, client_info.address()).await {
            Ok(true) => true,
            Ok(false) => {
                self.attempts.keep_stranger(email, client_info.address());
                false
            }
            Err(error) => {
                tracing::warn!(%error, "failed to look up the known addresses of an account");
                false
            }
        }
    }

    pub(super) async fn limited(&self, too_many: TooMany, client_info: &ClientInfo) -> Problem {
        if too_many.news {
            self.audit.note(client_info.entry(Event::LockedOut).detail(too_many.of.name())).await;
        }
        too_many.into()
    }
}

impl Deref for Api {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.app
    }
}

impl FromRequestParts<Api> for ClientMode {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        Self::of(&parts.headers, &api.origins)
    }
}
