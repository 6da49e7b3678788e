//! What a server is told by its operator: to end, or to look at its files again.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGHUP. Other systems have none.
pub(crate) struct Hangups {
    #[cfg(unix)]
    signals: Signal,
}

impl Hangups {
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

/// Listens from now on; ready at SIGTERM or SIGINT.
///
/// # Errors
/// In words for people.
pub(crate) fn told_to_end() -> Result<impl Future<Output = ()> + Send, String> {
    #[cfg(unix)]
    {
        let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be listened to: {error}"));
        let (mut terminated, mut interrupted) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Where Ctrl-C cannot be listened to, it ends the process anyway.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
