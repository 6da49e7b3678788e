//! Background work of a server: signing keys by their schedule, expired rows, certificates that were replaced.

use super::open::{in_words, left_out};
use super::state::App;
use super::wall_clock;
use crate::connections::Tls;
use crate::signals::Hangups;
use glowband_core::UnixSeconds;
use glowband_issue::{IssuerKeys, KeyFolder, KeyFolderError, KeyFolderReport};
use glowband_session::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep};

/// How often the folder of keys is looked at.
const KEYS: Duration = Duration::from_secs(30);
/// How often the files of the certificate are looked at.
const CERTIFICATE: Duration = Duration::from_secs(10);
/// How often the database is cleaned up, and how soon after the start.
const PRUNING: Duration = Duration::from_secs(3_600);
const FIRST_PRUNING: Duration = Duration::from_secs(60);
/// Several servers that are started together need not clean up together.
const SPREAD: u64 = 600;

/// How the folder of keys is looked at.
type Look = fn(&KeyFolder, &IssuerKeys, UnixSeconds) -> Result<KeyFolderReport, KeyFolderError>;

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
            tracing::error!(%error, "The signing keys stay as they are.");
        }
    }
}

/// What the background work maintains. A clone is a second handle.
#[derive(Clone)]
pub(super) struct Maintenance {
    pub(super) app: App,
    pub(super) folder: Arc<KeyFolder>,
    pub(super) tls: Option<Tls>,
}

impl Maintenance {
    /// Starts all tasks; they end when the set is dropped.
    pub(super) fn begin(&self, hangups: Hangups) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.clone().keys());
        tasks.spawn(self.clone().pruning());
        tasks.spawn(self.clone().hangups(hangups));
        if let Some(tls) = &self.tls {
            tasks.spawn(certificate(self.clone(), tls.clone()));
        }
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
    async fn maintain_keys(&self, look: Look) -> MaintenanceReport {
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

    async fn hangups(self, mut hangups: Hangups) {
        loop {
            hangups.next().await;
            let report = self.maintain_keys(KeyFolder::reload).await;
            report.log();
            if report.failure.is_none() {
                tracing::info!(keys = self.app.issuer_keys.keys().len(), "The signing keys were read again.");
            }
            if let Some(tls) = &self.tls {
                self.reload(tls).await;
            }
            tracing::info!("Other settings are read when the server is started again.");
        }
    }

    async fn reload(&self, tls: &Tls) {
        let reading = tls.clone();
        let read = tokio::task::spawn_blocking(move || reading.reload()).await;
        match read.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(()) => tracing::info!("The certificate was read again."),
            Err(error) => {
                self.app.metrics.failed();
                tracing::error!(%error, "The certificate stays as it was.");
            }
        }
    }
}

/// Reads the certificate again when its files change. Whoever replaces them one after the other makes two changes, of which
/// the first may be a pair that does not belong together.
async fn certificate(maintenance: Maintenance, tls: Tls) {
    let mut seen = tls.look();
    loop {
        sleep(CERTIFICATE).await;
        let look = tls.look();
        if look != seen {
            seen = look;
            maintenance.reload(&tls).await;
        }
    }
}
