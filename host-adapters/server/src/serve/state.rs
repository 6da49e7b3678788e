//! What the handlers of all routes share.

use crate::config::Settings;
use glowband_http::Guard;
use std::sync::Arc;

/// Everything that a running server holds. A clone is a handle.
///
/// To come, each with the crate that brings it: `database: Database`, `sessions: Sessions`, `issuer_keys: IssuerKeys`,
/// `passwords: Passwords`, `attempts: Attempts`, `metrics: Arc<Metrics>`.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) settings: Arc<Settings>,
    /// The issuer of the tokens, without a slash at its end. Settings may leave it to the address that is listened on.
    pub(crate) public_url: Arc<str>,
    /// `aud` of the access tokens.
    pub(crate) audience: Arc<str>,
    /// Judges access tokens of this server's own.
    pub(crate) guard: Guard,
}
