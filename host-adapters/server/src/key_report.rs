//! What was done to the signing keys, and what is wrong with them, in words for operators.

use glowband_core::UnixSeconds;
use glowband_issue::{KeyChange, KeyFolderReport};
use glowband_text::date;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Files that are left out, and what the last look at their folder failed with.
#[derive(Debug, Default)]
pub(crate) struct KeyFaults(Mutex<Faults>);

#[derive(Debug, Default)]
struct Faults {
    left_out: Vec<String>,
    failure: Option<String>,
}

impl KeyFaults {
    /// The files were read, and these are left out.
    pub(crate) fn leave_out(&self, files: &[String]) {
        self.faults().left_out = files.to_vec();
    }

    /// Records the result of the last check.
    pub(crate) fn looked(&self, failure: Option<&str>) {
        self.faults().failure = failure.map(str::to_owned);
    }

    /// Returns a description of all faults, or `None`.
    pub(crate) fn in_words(&self) -> Option<String> {
        let faults = self.faults();
        let failure = faults.failure.iter().map(|failure| {
            format!("the signing keys could not be checked, and the loaded keys stay in use: {failure}")
        });
        let words: Vec<_> = faults.left_out.iter().cloned().chain(failure).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn moment(seconds: UnixSeconds) -> String {
    let date = i64::try_from(seconds.0).ok().and_then(date::rfc3339);
    date.unwrap_or_else(|| seconds.0.to_string())
}

/// Describes the changes to the signing keys.
pub(crate) fn in_words(report: &KeyFolderReport) -> Vec<String> {
    let words = |change: &KeyChange| match change {
        KeyChange::Announced { kid, active_from } => {
            format!("signing key {kid} was created and will be used from {}", moment(*active_from))
        }
        KeyChange::Replanned { kid, active_from } => {
            format!("signing key {kid} will be used from {}", moment(*active_from))
        }
        KeyChange::Removed { kid } => format!("signing key {kid} was removed: all its tokens have expired"),
        other => format!("{other:?}"),
    };
    report.changes.iter().map(words).collect()
}

/// Describes the unusable files of signing keys.
pub(crate) fn left_out(report: &KeyFolderReport) -> Vec<String> {
    report.unusable.iter().map(|file| format!("this signing key is ignored: {file}")).collect()
}
