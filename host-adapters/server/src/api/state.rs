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

/// The running server, and what the API works out from its settings once. A clone is a handle.
#[derive(Clone)]
pub(crate) struct Api {
    app: AppState,
    pub(super) origins: Origins,
    pub(super) documents: Arc<Documents>,
    /// Whether a task tells the store about rotations in doubt.
    pub(super) settling: Arc<AtomicBool>,
}

impl Api {
    pub(super) fn new(app: AppState, documents: Documents) -> Self {
        let origins = Origins::new(&app.public_url, &app.settings.allowed_origins);
        let documents = Arc::new(documents);
        Self { app, origins, documents, settling: Arc::default() }
    }

    /// The user of a token or a session, unless they are disabled or gone.
    pub(super) async fn enabled_user(&self, id: &str) -> Result<Option<User>, Problem> {
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        Ok(self.accounts.find(&id).await?.filter(|user| user.disabled_at.is_none()))
    }

    /// One more try at an account's password.
    ///
    /// # Errors
    /// 429, which the audit log hears of once for each lockout.
    pub(super) async fn attempt(&self, email: &Email, client_info: &ClientInfo) -> Result<LoginAttempt, Problem> {
        let known = self.knows(email, client_info).await;
        match self.attempts.login(email, client_info.address(), known) {
            Ok(attempt) => Ok(attempt),
            Err(too_many) => Err(self.limited(too_many, client_info).await),
        }
    }

    /// Keeps in mind that the user of this account has proven who they are from this address.
    pub(super) async fn keep_address(&self, user: &User, client_info: &ClientInfo) {
        self.attempts.keep(&user.email, client_info.address());
        if let Err(error) = self.known_addresses.keep(&user.id, client_info.address()).await {
            tracing::warn!(%error, "did not store the address of a login; it is as good as an unknown one after a restart");
        }
    }

    /// Whether the database knows the address as one of the account's, where nothing else would let an attempt through:
    /// this server may have been started since, and another one may have seen the login.
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
                tracing::warn!(%error, "could not look up whether a login comes from a known address");
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
