//! The server as a library: opened from settings, mounted as a router, kept up in the background.

use crate::background::Maintenance;
use crate::config::Settings;
use crate::open::{self, Opened, UnknownRefreshSecret};
use crate::router;
use crate::start_error::StartError;
use crate::state::AppState;
use axum::Router;
use glowband_http::Guard;
use glowband_issue::KeyFolder;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use tokio::task::JoinSet;

/// A login server over an open database. A clone is another handle of the same server.
#[derive(Clone)]
pub struct Server {
    app: AppState,
    folder: Arc<KeyFolder>,
    created: Arc<[String]>,
}

impl Server {
    /// Opens the database, the signing keys and the refresh secret that the settings name. Creates those that are missing
    /// from the data folder.
    ///
    /// # Errors
    /// Returns which of them cannot be opened, and whether another attempt may succeed.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        Self::open_with(settings, UnknownRefreshSecret::Refuse).await
    }

    /// As [`open`](Self::open), with a choice about a refresh secret that the database does not know.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(settings: Settings, secret: UnknownRefreshSecret) -> Result<Self, StartError> {
        let public_url = settings.public_url_at(None);
        let Opened { app, folder, made } = open::open(Arc::new(settings), secret, &public_url).await?;
        Ok(Self { app, folder, created: made.into() })
    }

    /// Checks whether [`open_with`](Self::open_with) would succeed. Creates and changes nothing. Returns a line for each
    /// thing that was checked.
    ///
    /// # Errors
    /// Returns everything that is wrong.
    pub async fn check(settings: &Settings, secret: UnknownRefreshSecret) -> Result<Vec<String>, Vec<StartError>> {
        open::check(settings, secret).await
    }

    /// Returns the routes of logins to mount in an application: `/auth/…`, `/oauth/…` and `/.well-known/…`.
    ///
    /// The application serves them with [`axum::extract::ConnectInfo`], so that attempts to log in are counted by the
    /// address of the client; a listener of its own adds a [`Peer`](crate::Peer) to the extensions of each request instead.
    pub fn router(&self) -> Router {
        router::mounted(&self.app)
    }

    /// Returns all routes of a server that stands alone: those of [`router`](Self::router), `/`, `/docs`, `/openapi.json`,
    /// `/healthz`, `/readyz`, `/metrics` unless the settings name another address for it, and an answer for every other
    /// path.
    pub fn standalone_router(&self) -> Router {
        router::main(&self.app)
    }

    /// Returns `/metrics`, `/healthz` and `/readyz` alone, for a second listener.
    pub fn operator_router(&self) -> Router {
        router::of_operators(&self.app)
    }

    /// Returns the guard that verifies access tokens of this server: a layer for the application's own routes.
    pub fn guard(&self) -> Guard {
        self.app.guard.clone()
    }

    /// Returns the address that clients know, which is the issuer of all tokens.
    pub fn public_url(&self) -> &str {
        &self.app.public_url
    }

    /// Returns a line for each thing that was created while the server was opened.
    pub fn created(&self) -> &[String] {
        &self.created
    }

    /// Returns whether no user has registered yet. `false` if the database does not answer.
    pub async fn has_no_users(&self) -> bool {
        matches!(self.app.accounts.list(None, 1).await, Ok(users) if users.is_empty())
    }

    /// Returns the count of open connections that `/metrics` shows. The listener keeps it up to date.
    pub fn open_connections(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.app.metrics.open)
    }

    /// Counts a failure in the background, such as a certificate that cannot be read, in `/metrics`.
    pub fn count_background_failure(&self) {
        self.app.metrics.failed();
    }

    /// Starts the background work: signing keys follow their schedule, and expired rows are deleted.
    ///
    /// To be called within a Tokio runtime.
    pub fn start_background(&self) -> Background {
        let maintenance = Maintenance { app: self.app.clone(), folder: Arc::clone(&self.folder) };
        Background { tasks: maintenance.begin(), maintenance }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("public_url", &self.app.public_url).finish_non_exhaustive()
    }
}

/// The background work of a [`Server`]. It stops when this is dropped.
#[must_use = "dropping it stops the background work"]
pub struct Background {
    tasks: JoinSet<()>,
    maintenance: Maintenance,
}

impl Background {
    /// Reads the signing keys again, and logs what has changed.
    pub async fn reload_keys(&self) {
        self.maintenance.reload_keys().await;
    }

    /// Stops the background work and closes the database. Call it when all requests have ended.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
        self.maintenance.app.storage.close().await;
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Background").finish_non_exhaustive()
    }
}
