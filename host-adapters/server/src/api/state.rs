//! What the API's handlers share.

use super::client_mode::{ClientMode, Origins};
use super::document::Documents;
use super::problem::Problem;
use super::whence::Whence;
use crate::accounts::{Email, User};
use crate::attempts::{LoginAttempt, TooMany};
use crate::audit::Event;
use crate::serve::state::App;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The running server, and what the API works out from its settings once. A clone is a handle.
#[derive(Clone)]
pub(crate) struct Api {
    app: App,
    pub(super) origins: Origins,
    pub(super) documents: Arc<Documents>,
    /// Whether a task tells the store about rotations in doubt.
    pub(super) settling: Arc<AtomicBool>,
}

impl Api {
    pub(super) fn new(app: App) -> Self {
        let origins = Origins::new(&app.public_url, &app.settings.allowed_origins);
        let documents = Arc::new(Documents::new(&app.public_url, &app.settings));
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
    /// 429, which the audit log hears of once a siege.
    pub(super) async fn attempt(&self, email: &Email, whence: &Whence) -> Result<LoginAttempt, Problem> {
        match self.attempts.login(email, whence.address()) {
            Ok(attempt) => Ok(attempt),
            Err(too_many) => Err(self.limited(too_many, whence).await),
        }
    }

    pub(super) async fn limited(&self, too_many: TooMany, whence: &Whence) -> Problem {
        if too_many.news {
            self.audit.note(whence.entry(Event::LockedOut).detail(too_many.of.name())).await;
        }
        too_many.into()
    }
}

impl Deref for Api {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRequestParts<Api> for ClientMode {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        Self::of(&parts.headers, &api.origins)
    }
}
