//! What a server is told by its operator: to end, or to look at its files again.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGHUP. Other systems have none.
pub(crate) struct ReloadSignals {
    #[cfg(unix)]
    signals: Signal,
}

impl ReloadSignals {
    /// Listens from now on; to be called within a runtime.
    ///
    /// # Errors
    /// In words for people.
    pub(crate) fn listen() -> Result<Self, String> {
        Ok(Self {
            #[cfg(unix)]
            signals: signal(SignalKind::hangup()).map_err(|error| format!("SIGHUP cannot be listened to: {error}"))?,
        })
    }

    /// Ready at the next one.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        if self.signals.recv().await.is_some() {
            return;
        }
        std::future::pending().await
    }
}

/// SIGTERM and SIGINT; Ctrl-C elsewhere.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    terminated: Signal,
    #[cfg(unix)]
    interrupted: Signal,
}

impl StopSignals {
    /// Listens from now on; to be called within a runtime.
    ///
    /// # Errors
    /// In words for people.
    pub(crate) fn listen() -> Result<Self, String> {
        #[cfg(unix)]
        {
            let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be listened to: {error}"));
            Ok(Self { terminated: listen(SignalKind::terminate())?, interrupted: listen(SignalKind::interrupt())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Ready at the next one.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminated.recv() => {}
            _ = self.interrupted.recv() => {}
        }
        // Where Ctrl-C cannot be listened to, it ends the process anyway.
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
