//! What the handlers of all routes share, and the clock of tokens and keys.

use crate::accounts::Accounts;
use crate::attempts::Attempts;
use crate::audit::Audit;
use crate::config::Settings;
use crate::key_report::KeyFaults;
use crate::known_addresses::KnownAddresses;
use crate::metrics::Metrics;
use crate::opaque_tokens::OpaqueTokens;
use crate::passwords::Passwords;
use crate::personal_tokens::PersonalTokens;
use glowband_core::UnixSeconds;
use glowband_http::Guard;
use glowband_issue::IssuerKeys;
use glowband_session::Sessions;
use glowband_storage::Storage;
use std::sync::Arc;
use std::time::SystemTime;

/// The state of a running server. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) settings: Arc<Settings>,
    /// The issuer of the tokens, without a slash at its end. The default is the listening address.
    pub(crate) public_url: Arc<str>,
    /// `aud` of the access tokens.
    pub(crate) audience: Arc<str>,
    pub(crate) storage: Storage,
    pub(crate) sessions: Sessions,
    pub(crate) accounts: Accounts,
    pub(crate) audit: Audit,
    pub(crate) personal_tokens: PersonalTokens,
    pub(crate) opaque_tokens: OpaqueTokens,
    pub(crate) passwords: Passwords,
    pub(crate) attempts: Attempts,
    pub(crate) known_addresses: KnownAddresses,
    pub(crate) issuer_keys: IssuerKeys,
    pub(crate) key_faults: Arc<KeyFaults>,
    /// Verifies access tokens of this server.
    pub(crate) guard: Guard,
    pub(crate) metrics: Arc<Metrics>,
}

/// Returns the time by the wall clock, which dates tokens and keys. Sessions use the clock of their store.
pub(crate) fn wall_clock() -> UnixSeconds {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixSeconds(since.map_or(0, |since| since.as_secs()))
}
