//! The signals of the servers: SIGHUP to read files again, SIGTERM and SIGINT to stop.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receives SIGHUP. On systems without it, nothing is ever received.
pub(crate) struct ReloadSignals {
    #[cfg(unix)]
    signals: Signal,
}

impl ReloadSignals {
    /// Installs the handler. Must be called within a runtime.
    ///
    /// # Errors
    /// Returns a message for the operator.
    pub(crate) fn listen() -> Result<Self, String> {
        Ok(Self {
            #[cfg(unix)]
            signals: signal(SignalKind::hangup())
                .map_err(|error| format!("cannot install a handler for SIGHUP: {error}"))?,
        })
    }

    /// Waits for the next SIGHUP.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        if self.signals.recv().await.is_some() {
            return;
        }
        std::future::pending().await
    }
}

/// Receives SIGTERM and SIGINT, or Ctrl-C on systems without them.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    terminated: Signal,
    #[cfg(unix)]
    interrupted: Signal,
}

impl StopSignals {
    /// Installs the handlers. Must be called within a runtime.
    ///
    /// # Errors
    /// Returns a message for the operator.
    pub(crate) fn listen() -> Result<Self, String> {
        #[cfg(unix)]
        {
            let listen = |kind| {
                signal(kind).map_err(|error| format!("cannot install a handler for SIGTERM and SIGINT: {error}"))
            };
            Ok(Self { terminated: listen(SignalKind::terminate())?, interrupted: listen(SignalKind::interrupt())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next of these signals.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminated.recv() => {}
            _ = self.interrupted.recv() => {}
        }
        // Without a handler, Ctrl-C ends the process anyway.
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
