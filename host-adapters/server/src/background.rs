//! Background work: signing keys follow their schedule, and expired rows are deleted.

use crate::key_report::{in_words, left_out};
use crate::state::{AppState, wall_clock};
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

/// What to do with the folder of keys.
type KeyFolderTask = fn(&KeyFolder, &IssuerKeys, UnixSeconds) -> Result<KeyFolderReport, KeyFolderError>;

/// The result of one check of the key folder.
#[derive(Default, PartialEq, Eq)]
struct MaintenanceReport {
    done: Vec<String>,
    left_out: Vec<String>,
    failure: Option<String>,
}

impl MaintenanceReport {
    fn log(&self) {
        self.done.iter().for_each(|line| tracing::info!("{line}"));
        self.left_out.iter().for_each(|line| tracing::error!("{line}"));
        if let Some(error) = &self.failure {
            tracing::error!(%error, "failed to check the signing keys; the loaded keys stay in use");
        }
    }
}

/// The background work of a server. A clone is another handle.
#[derive(Clone)]
pub(crate) struct Maintenance {
    pub(crate) app: AppState,
    pub(crate) folder: Arc<KeyFolder>,
}

impl Maintenance {
    /// Begins all of it; it ends when the set is dropped.
    pub(crate) fn begin(&self) -> JoinSet<()> {
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
            let report = self.maintain_keys(KeyFolder::keep_up).await;
            // A fault that persists is logged once, not every half minute.
            if last.as_ref() != Some(&report) {
                report.log();
            }
            last = Some(report);
        }
    }

    /// Looks at the folder of keys, does what the schedule wants, and keeps in mind what is wrong.
    async fn maintain_keys(&self, look: KeyFolderTask) -> MaintenanceReport {
        let (folder, keys) = (Arc::clone(&self.folder), self.app.issuer_keys.clone());
        let kept = tokio::task::spawn_blocking(move || look(&folder, &keys, wall_clock())).await;
        let faults = &self.app.key_faults;
        let report = match kept.map_err(|error| error.to_string()).map(|kept| kept.map_err(|error| error.to_string())) {
            Ok(Ok(report)) => {
                let left_out = left_out(&report);
                if report.read {
                    faults.leave_out(&left_out);
                }
                MaintenanceReport { done: in_words(&report), left_out, failure: None }
            }
            Ok(Err(error)) | Err(error) => MaintenanceReport { failure: Some(error), ..MaintenanceReport::default() },
        };
        faults.looked(report.failure.as_deref());
        if report.failure.is_some() || !report.left_out.is_empty() {
            self.app.metrics.failed();
        }
        report
    }

    async fn pruning(self) {
        let spread = Duration::from_secs(u64::from(std::process::id()) % SPREAD);
        let mut ticks = interval_at(Instant::now() + FIRST_PRUNING + spread, PRUNING);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.prune().await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "deleted expired rows"),
                Err(error) => {
                    self.app.metrics.failed();
                    tracing::warn!(%error, "failed to delete expired rows");
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
    pub(crate) async fn reload_keys(&self) {
        let report = self.maintain_keys(KeyFolder::reload).await;
        report.log();
        if report.failure.is_none() {
            tracing::info!(keys = self.app.issuer_keys.keys().len(), "signing keys reloaded");
        }
    }
}
