//! What a server does by itself: keys by their schedule, what is over taken out of the database, certificates read again.

use super::open::in_words;
use super::state::App;
use super::wall_clock;
use crate::connections::Tls;
use crate::signals::Hangups;
use glowband_issue::KeyFolder;
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

/// What is kept up. A clone is a handle.
#[derive(Clone)]
pub(super) struct Upkeep {
    pub(super) app: App,
    pub(super) folder: Arc<KeyFolder>,
    pub(super) tls: Option<Tls>,
}

impl Upkeep {
    /// Begins all of it; it ends when the set is dropped.
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
            let told = self.keep_keys_up().await;
            // A file that stays damaged is not worth a line every half minute.
            if last.as_ref() != Some(&told) {
                match &told {
                    Ok(lines) => lines.iter().for_each(|line| tracing::info!("{line}")),
                    Err(error) => tracing::error!(%error, "The signing keys stay as they are."),
                }
            }
            if told.is_err() {
                self.app.metrics.failed();
            }
            last = Some(told);
        }
    }

    /// Reads the folder of keys if it has changed, and does what the schedule wants.
    async fn keep_keys_up(&self) -> Result<Vec<String>, String> {
        let (folder, keys) = (Arc::clone(&self.folder), self.app.issuer_keys.clone());
        let kept = tokio::task::spawn_blocking(move || folder.keep_up(&keys, wall_clock())).await;
        match kept {
            Ok(Ok(report)) => Ok(in_words(&report)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
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
        Ok(tokens + app.sessions.prune(keep).await? + app.audit.prune(app.settings.keep_audit).await?)
    }

    async fn hangups(self, mut hangups: Hangups) {
        loop {
            hangups.next().await;
            match self.keep_keys_up().await {
                Ok(lines) => {
                    lines.iter().for_each(|line| tracing::info!("{line}"));
                    tracing::info!(keys = self.app.issuer_keys.keys().len(), "The signing keys were read again.");
                }
                Err(error) => tracing::error!(%error, "The signing keys stay as they are."),
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
async fn certificate(upkeep: Upkeep, tls: Tls) {
    let mut seen = tls.look();
    loop {
        sleep(CERTIFICATE).await;
        let look = tls.look();
        if look != seen {
            seen = look;
            upkeep.reload(&tls).await;
        }
    }
}
