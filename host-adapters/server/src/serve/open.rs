//! Everything that a server holds, opened from its settings.

use super::introduction::{self, NewSecret};
use super::key_faults::KeyFaults;
use super::metrics::Metrics;
use super::state::App;
use super::{data_folder, wall_clock};
use crate::accounts::Accounts;
use crate::attempts::{AttemptLimits, Attempts, Limit};
use crate::audit::Audit;
use crate::civil_date;
use crate::config::{Rate, SecretPlace, Settings, read_secret_bytes};
use crate::database;
use crate::known_addresses::KnownAddresses;
use crate::opaque_tokens::OpaqueTokens;
use crate::passwords::{Cost, PasswordSettings, Passwords};
use crate::personal_tokens::PersonalTokens;
use crate::start_error::StartError;
use glowband_core::UnixSeconds;
use glowband_http::Guard;
use glowband_issue::{KeyChange, KeyEncryptionKey, KeyFolder, KeyFolderReport, RotationSchedule};
use glowband_session::{Rules, Sessions};
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
pub(super) struct Opened {
    pub(super) app: App,
    pub(super) folder: Arc<KeyFolder>,
    /// What was done on the way, for people.
    pub(super) made: Vec<String>,
}

/// Opens what the settings name, and makes what is not there in the data folder. `public_url` is the issuer.
///
/// # Errors
/// What cannot be opened, and why.
pub(super) async fn open(
    settings: Arc<Settings>,
    secrets: NewSecret,
    public_url: &str,
    metrics: Arc<Metrics>,
) -> Result<Opened, StartError> {
    let mut made = Vec::new();
    if data_folder::prepare(&settings.data)? {
        made.push(format!(
            "{} was made: the database, signing keys and the refresh secret are in it",
            settings.data.display()
        ));
    }
    let storage = open_database(&settings).await?;
    let refresh = introduction::secrets(&settings, &storage, secrets).await?;
    let folder = key_folder(&settings)?;
    let (issuer_keys, report) = folder.start(schedule(&settings)?, wall_clock()).map_err(|error| error.to_string())?;
    let left_out = left_out(&report);
    let key_faults = KeyFaults::default();
    key_faults.leave_out(&left_out);
    made.extend(in_words(&report).into_iter().chain(left_out));
    let rules = rules(&settings)?;
    introduction::introduce(&settings, &storage, &refresh, secrets).await?;

    let audience = settings.audience.clone().unwrap_or_else(|| public_url.to_owned());
    let policy = OwnedPolicy::expect(public_url, audience.as_str()).token_type("at+jwt").leeway(LEEWAY);
    let guard = Guard::new(HostVerifier::new(issuer_keys.verifying().clone(), policy).cache(KNOWN_TOKENS));
    let app = App {
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
        metrics,
        settings,
    };
    Ok(Opened { app, folder: Arc::new(folder), made })
}

/// The folder of signing keys.
pub(crate) fn key_folder(settings: &Settings) -> Result<KeyFolder, String> {
    let folder = KeyFolder::new(keys_path(settings)).algorithm(settings.signing_algorithm);
    let (name, secret) = match &settings.encryption_key {
        None => return Ok(folder),
        Some(SecretPlace::Here(secret)) => ("GLOWBAND_ENCRYPTION_KEY".to_owned(), secret.clone()),
        Some(SecretPlace::File(path)) => (path.display().to_string(), read_secret_bytes(path)?),
    };
    let key = KeyEncryptionKey::read(secret.expose()).map_err(|error| format!("{name}: {error}"))?;
    Ok(folder.encrypt_with(key))
}

pub(super) fn keys_path(settings: &Settings) -> PathBuf {
    settings.data.join("keys")
}

/// How long logins last.
pub(super) fn rules(settings: &Settings) -> Result<Rules, String> {
    let rules = Rules::new(settings.idle_lifetime, settings.absolute_lifetime, settings.replay_window);
    rules.map_err(|error| error.to_string())
}

/// When signing keys follow each other.
pub(super) fn schedule(settings: &Settings) -> Result<RotationSchedule, String> {
    // A day before, or half of the time if keys change more often than every other day.
    let announced = DAY.min(settings.key_rotation_every / 2);
    let retired = settings.access_token_lifetime + Duration::from_secs(LEEWAY) + LATE;
    RotationSchedule::new(settings.key_rotation_every, announced, retired).map_err(|error| error.to_string())
}

/// The database, brought up to date.
///
/// # Errors
/// With the name of the database, without its password.
pub(crate) async fn open_database(settings: &Settings) -> Result<Storage, StartError> {
    let opened = database::open(&settings.database, settings.database_connections.get()).await;
    opened.map_err(|error| StartError::of_database(&settings.database, &error))
}

/// What judges and hashes passwords.
pub(crate) fn passwords(settings: &Settings) -> Result<Passwords, String> {
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

fn moment(seconds: UnixSeconds) -> String {
    let date = i64::try_from(seconds.0).ok().and_then(civil_date::rfc3339);
    date.unwrap_or_else(|| seconds.0.to_string())
}

/// What was done to the signing keys.
pub(super) fn in_words(report: &KeyFolderReport) -> Vec<String> {
    let words = |change: &KeyChange| match change {
        KeyChange::Announced { kid, active_from } => {
            format!("signing key {kid} was made, and signs from {} on", moment(*active_from))
        }
        KeyChange::Replanned { kid, active_from } => {
            format!("signing key {kid} signs from {} on", moment(*active_from))
        }
        KeyChange::Removed { kid } => format!("signing key {kid} is no longer needed, and was removed"),
        other => format!("{other:?}"),
    };
    report.changes.iter().map(words).collect()
}

/// The files of signing keys that cannot be used.
pub(super) fn left_out(report: &KeyFolderReport) -> Vec<String> {
    report.unusable.iter().map(|file| format!("this signing key is left out: {file}")).collect()
}
