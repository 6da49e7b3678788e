//! Everything that a server holds, opened from its settings.

mod check;
mod data_folder;
mod key_binding;
mod refresh_secret;

pub(crate) use check::check;
pub(crate) use data_folder::prepare as prepare_data_folder;
pub use key_binding::UnknownRefreshSecret;

use crate::accounts::Accounts;
use crate::attempts::{AttemptLimits, Attempts, Limit};
use crate::audit::Audit;
use crate::config::{Cost, PasswordSettingError, Rate, SecretPlace, Settings, read_secret_bytes};
use crate::database;
use crate::key_report::{KeyFaults, in_words, left_out};
use crate::known_addresses::KnownAddresses;
use crate::metrics::Metrics;
use crate::opaque_tokens::OpaqueTokens;
use crate::passwords::{PasswordSettings, Passwords};
use crate::personal_tokens::PersonalTokens;
use crate::start_error::StartError;
use crate::state::{AppState, wall_clock};
use glowband_http::Guard;
use glowband_issue::{KeyEncryptionKey, KeyFolder, RotationSchedule, ScheduleError};
use glowband_session::{Rules, RulesError, Sessions};
use glowband_storage::Storage;
use glowband_verify::{HostVerifier, OwnedPolicy};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
/// By how much the clocks of servers that share a database may differ, in seconds.
const LEEWAY: u64 = 60;
/// For how long a key that signs no more is still published, beyond the life of its last token.
const LATE: Duration = Duration::from_secs(300);
/// Memory for access tokens that were verified before.
const KNOWN_TOKENS: usize = 8 << 20;

/// An open server.
pub(crate) struct Opened {
    pub(crate) app: AppState,
    pub(crate) folder: Arc<KeyFolder>,
    /// What was done on the way, for people.
    pub(crate) made: Vec<String>,
}

/// Opens what the settings name, and makes what is not there in the data folder. `public_url` is the issuer.
///
/// # Errors
/// What cannot be opened, and why.
pub(crate) async fn open(
    settings: Arc<Settings>,
    secrets: UnknownRefreshSecret,
    public_url: &str,
) -> Result<Opened, StartError> {
    let mut made = Vec::new();
    if data_folder::prepare(&settings.data)? {
        made.push(format!(
            "created {}, which contains the database, the signing keys and the refresh secret",
            settings.data.display()
        ));
    }
    let storage = open_database(&settings).await?;
    let refresh = key_binding::secrets(&settings, &storage, secrets).await?;
    let folder = key_folder(&settings)?;
    let (issuer_keys, report) = folder.start(schedule(&settings)?, wall_clock())?;
    let left_out = left_out(&report);
    let key_faults = KeyFaults::default();
    key_faults.leave_out(&left_out);
    made.extend(in_words(&report).into_iter().chain(left_out));
    let rules = rules(&settings)?;
    key_binding::introduce(&settings, &storage, &refresh, secrets).await?;

    let audience = settings.audience.clone().unwrap_or_else(|| public_url.to_owned());
    let policy = OwnedPolicy::issuer(public_url).audience(audience.as_str()).token_type("at+jwt").leeway(LEEWAY);
    let guard = Guard::new(HostVerifier::new(issuer_keys.verifying().clone(), policy).cache(KNOWN_TOKENS));
    let app = AppState {
        public_url: public_url.into(),
        audience: audience.into(),
        sessions: Sessions::new(storage.sessions(), refresh.keys, rules),
        accounts: Accounts::new(storage.clone()),
        audit: Audit::new(storage.clone()),
        personal_tokens: PersonalTokens::new(storage.clone()),
        opaque_tokens: OpaqueTokens::new(storage.clone()),
        passwords: passwords(&settings)?,
        attempts: attempts(&settings),
        known_addresses: KnownAddresses::new(storage.clone()),
        storage,
        issuer_keys,
        key_faults: Arc::new(key_faults),
        guard,
        metrics: Arc::new(Metrics::new()),
        settings,
    };
    Ok(Opened { app, folder: Arc::new(folder), made })
}

/// The folder of signing keys.
pub(crate) fn key_folder(settings: &Settings) -> Result<KeyFolder, StartError> {
    let folder = KeyFolder::new(keys_path(settings)).algorithm(settings.signing_algorithm);
    let (name, secret) = match &settings.encryption_key {
        None => return Ok(folder),
        Some(SecretPlace::Here(secret)) => ("GLOWBAND_ENCRYPTION_KEY".to_owned(), secret.clone()),
        Some(SecretPlace::File(path)) => (path.display().to_string(), read_secret_bytes(path)?),
    };
    let key = KeyEncryptionKey::read(secret.expose());
    let key = key.map_err(|error| StartError::EncryptionKey(format!("{name}: {error}")))?;
    Ok(folder.encrypt_with(key))
}

pub(crate) fn keys_path(settings: &Settings) -> PathBuf {
    settings.data.join("keys")
}

/// How long logins last.
pub(crate) fn rules(settings: &Settings) -> Result<Rules, RulesError> {
    Rules::new(settings.idle_lifetime, settings.absolute_lifetime, settings.replay_window)
}

/// When signing keys follow each other.
pub(crate) fn schedule(settings: &Settings) -> Result<RotationSchedule, ScheduleError> {
    // A day before, or half of the time if keys change more often than every other day.
    let announced = DAY.min(settings.key_rotation_every / 2);
    let retired = settings.access_token_lifetime + Duration::from_secs(LEEWAY) + LATE;
    RotationSchedule::new(settings.key_rotation_every, announced, retired)
}

/// The database, brought up to date.
///
/// # Errors
/// With the name of the database, without its password.
pub(crate) async fn open_database(settings: &Settings) -> Result<Storage, StartError> {
    let opened = database::open(&settings.database, settings.database_connections.get()).await;
    opened.map_err(|error| StartError::of_database(&settings.database, error))
}

/// What checks and hashes passwords.
pub(crate) fn passwords(settings: &Settings) -> Result<Passwords, PasswordSettingError> {
    let kib = u32::try_from(settings.argon2_memory.0 / 1024).unwrap_or(u32::MAX);
    Passwords::new(&PasswordSettings {
        min_length: settings.password_min_length,
        cost: Cost::new(kib, settings.argon2_iterations)?,
        parallel: settings.argon2_parallel_hashes,
        waiting: settings.argon2_parallel_hashes * 64,
    })
}

fn attempts(settings: &Settings) -> Attempts {
    let limit = |rate: Rate| Limit::new(rate.count, rate.per);
    Attempts::new(AttemptLimits {
        per_account: limit(settings.login_attempts_per_account),
        per_address: limit(settings.login_attempts_per_address),
        registrations_per_address: limit(settings.registrations_per_address),
    })
}
