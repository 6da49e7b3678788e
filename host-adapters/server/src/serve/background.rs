//! Background work: signing keys follow their schedule, and expired rows are deleted.

use super::open::{in_words, left_out};
use super::state::App;
use super::wall_clock;
use glowband_core::UnixSeconds;
use glowband_issue::{IssuerKeys, KeyFolder, KeyFolderError, KeyFolderReport};
use glowband_session::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};

/// How often the folder of keys is looked at.
const KEYS: Duration = Duration::from_secs(30);
/// How often the database is cleaned up, and how soon after the start.
const PRUNING: Duration = Duration::from_secs(3_600);
const FIRST_PRUNING: Duration = Duration::from_secs(60);
/// Several servers that are started together need not clean up together.
const SPREAD: u64 = 600;

/// How the folder of keys is looked at.
type Look = fn(&KeyFolder, &IssuerKeys, UnixSeconds) -> Result<KeyFolderReport, KeyFolderError>;

/// What a look at the folder of keys came to.
#[derive(Default, PartialEq, Eq)]
struct Told {
    done: Vec<String>,
    left_out: Vec<String>,
    failure: Option<String>,
}

impl Told {
    fn log(&self) {
        self.done.iter().for_each(|line| tracing::info!("{line}"));
        self.left_out.iter().for_each(|line| tracing::error!("{line}"));
        if let Some(error) = &self.failure {
            tracing::error!(%error, "The signing keys stay as they are.");
        }
    }
}

/// What is kept up. A clone is a handle.
#[derive(Clone)]
pub(super) struct Upkeep {
    pub(super) app: App,
    pub(super) folder: Arc<KeyFolder>,
}

impl Upkeep {
    /// Begins all of it; it ends when the set is dropped.
    pub(super) fn begin(&self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.clone().keys());
        tasks.spawn(self.clone().pruning());
        tasks
    }

    async fn keys(self) {
        let mut ticks = interval(KEYS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = None;
        loop {
            ticks.tick().await;
            let told = self.keep_keys_up(KeyFolder::keep_up).await;
            // What stays wrong is not worth a line every half minute.
            if last.as_ref() != Some(&told) {
                told.log();
            }
            last = Some(told);
        }
    }

    /// Looks at the folder of keys, does what the schedule wants, and keeps in mind what is wrong.
    async fn keep_keys_up(&self, look: Look) -> Told {
        let (folder, keys) = (Arc::clone(&self.folder), self.app.issuer_keys.clone());
        let kept = tokio::task::spawn_blocking(move || look(&folder, &keys, wall_clock())).await;
        let faults = &self.app.key_faults;
        let told = match kept.map_err(|error| error.to_string()).map(|kept| kept.map_err(|error| error.to_string())) {
            Ok(Ok(report)) => {
                let left_out = left_out(&report);
                if report.read {
                    faults.leave_out(&left_out);
                }
                Told { done: in_words(&report), left_out, failure: None }
            }
            Ok(Err(error)) | Err(error) => Told { failure: Some(error), ..Told::default() },
        };
        faults.looked(told.failure.as_deref());
        if told.failure.is_some() || !told.left_out.is_empty() {
            self.app.metrics.failed();
        }
        told
    }

    async fn pruning(self) {
        let spread = Duration::from_secs(u64::from(std::process::id()) % SPREAD);
        let mut ticks = interval_at(Instant::now() + FIRST_PRUNING + spread, PRUNING);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.prune().await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "What was over was taken out of the database."),
                Err(error) => {
                    self.app.metrics.failed();
                    tracing::warn!(%error, "What is over could not be taken out of the database.");
                }
            }
        }
    }

    async fn prune(&self) -> Result<u64, StoreError> {
        let (app, keep) = (&self.app, self.app.settings.keep_ended);
        let tokens = app.opaque_tokens.prune().await? + app.personal_tokens.prune(keep).await?;
        let tokens = tokens + app.known_addresses.prune().await?;
        Ok(tokens + app.sessions.prune(keep).await? + app.audit.prune(app.settings.keep_audit).await?)
    }

    /// Reads the signing keys again, whether or not their files have changed.
    pub(super) async fn reload_keys(&self) {
        let told = self.keep_keys_up(KeyFolder::reload).await;
        told.log();
        if told.failure.is_none() {
            tracing::info!(keys = self.app.issuer_keys.keys().len(), "The signing keys were read again.");
        }
    }
}
