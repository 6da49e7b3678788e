//! What is wrong with the signing keys at the moment, for whoever asks how the server is.

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
    pub(super) fn leave_out(&self, files: &[String]) {
        self.faults().left_out = files.to_vec();
    }

    /// How the last look ended.
    pub(super) fn looked(&self, failure: Option<&str>) {
        self.faults().failure = failure.map(str::to_owned);
    }

    /// All of it in words, if there is anything.
    pub(super) fn in_words(&self) -> Option<String> {
        let faults = self.faults();
        let failure = faults.failure.iter().map(|failure| format!("the signing keys stay as they are: {failure}"));
        let words: Vec<_> = faults.left_out.iter().cloned().chain(failure).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
