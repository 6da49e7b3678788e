//! A circuit breaker: while the database is unreachable, calls fail at once and one task tries to reconnect.

use crate::database_error::is_passing;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Open while the database is known to be unreachable.
pub(super) struct Circuit {
    open: AtomicBool,
    state: Mutex<State>,
}

struct State {
    /// When the last statement was answered, or the last connection given back.
    answered: Instant,
    /// Why it is open.
    reason: String,
}

impl Circuit {
    pub(super) fn new() -> Self {
        let state = Mutex::new(State { answered: Instant::now(), reason: String::new() });
        Self { open: AtomicBool::new(false), state }
    }

    /// Fails at once while the database is known to be unreachable.
    pub(super) fn check(&self) -> sqlx::Result<()> {
        if !self.open.load(Ordering::Acquire) {
            return Ok(());
        }
        let text = format!("reconnecting failed so far: {}", self.state().reason);
        Err(sqlx::Error::Io(io::Error::new(ErrorKind::NotConnected, text)))
    }

    /// Notes that the database has answered.
    pub(super) fn answered(&self, now: Instant) {
        self.state().answered = now;
    }

    /// Opens after no connection could be opened, unless the database has answered on another one since `began`, or the error
    /// is not one that passes. Returns whether it was closed before, so that one task is started.
    pub(super) fn open_unless_answered_since(&self, began: Instant, error: &sqlx::Error) -> bool {
        let mut state = self.state();
        if state.answered > began || !is_passing(error) {
            return false;
        }
        state.reason = error.to_string();
        let opened = !self.open.swap(true, Ordering::AcqRel);
        if opened {
            tracing::warn!(%error, "database unreachable: calls fail at once until it is back");
        }
        opened
    }

    /// Notes why the last try has failed.
    pub(super) fn still_open(&self, error: &sqlx::Error) {
        self.state().reason = error.to_string();
    }

    pub(super) fn close(&self) {
        self.open.store(false, Ordering::Release);
        tracing::info!("database reachable again");
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_opens_once_and_not_while_other_connections_are_answered() {
        let circuit = Circuit::new();
        let refused = || sqlx::Error::Io(ErrorKind::ConnectionRefused.into());
        let began = Instant::now();
        circuit.answered(began + Duration::from_millis(1));
        assert!(!circuit.open_unless_answered_since(began, &refused()));
        assert!(circuit.check().is_ok());
        let began = began + Duration::from_secs(1);
        assert!(!circuit.open_unless_answered_since(began, &sqlx::Error::RowNotFound), "not for a fault of a program");
        assert!(circuit.open_unless_answered_since(began, &refused()));
        assert!(!circuit.open_unless_answered_since(began, &refused()), "one task is enough");
        let error = crate::store_error(circuit.check().unwrap_err());
        assert!(error.is_unavailable(), "{error}");
        circuit.close();
        assert!(circuit.check().is_ok());
    }
}
