//! Detects refresh responses that were not delivered because the server was slow.
//!
//! The reuse grace period covers responses that are lost although the server was fast. If the server is slow, the client or
//! the request timeout may have given up. The rotation is then in doubt, and the server accepts the old refresh token again.
//! Only the server's own time counts, from the complete request to the complete response. A client that closes its
//! connection early therefore cannot cause a doubt.

use crate::api::state::Api;
use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use glowband_session::Refreshed;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A response that takes longer than this is slow.
const SLOW: Duration = Duration::from_secs(1);
/// The pause between two tries to store doubts.
const PAUSE: Duration = Duration::from_millis(200);

impl Api {
    /// Watches the delivery of the response to a request that was complete at `since`.
    pub(super) fn watched(&self, response: Response, refreshed: Refreshed, since: Instant) -> Response {
        if since.elapsed() < SLOW {
            return response;
        }
        let api = self.clone();
        response.map(|body| Body::new(Watched { body, on_loss: Some((api, refreshed)) }))
    }

    /// Stores rotations in doubt, in a background task that retries until all are stored.
    pub(super) fn settle_doubts(&self) {
        if !self.sessions.has_doubts() || self.settling.swap(true, Ordering::AcqRel) {
            return;
        }
        let api = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = api.sessions.settle_doubts().await {
                    tracing::debug!(%error, "failed to store rotations in doubt; retrying");
                    sleep(PAUSE).await;
                }
                if api.sessions.has_doubts() {
                    continue;
                }
                api.settling.store(false, Ordering::Release);
                // A doubt may have been added while this task was still marked as running.
                if !api.sessions.has_doubts() || api.settling.swap(true, Ordering::AcqRel) {
                    return;
                }
            }
        });
    }
}

/// A body that reports a doubt if it is dropped before it was read to the end.
struct Watched {
    body: Body,
    on_loss: Option<(Api, Refreshed)>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || (polled.is_ready() && self.body.is_end_stream()) {
            self.on_loss = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some((api, refreshed)) = self.on_loss.take() {
            api.sessions.doubt(&refreshed);
            // The runtime may already be gone when the process ends.
            if tokio::runtime::Handle::try_current().is_ok() {
                api.settle_doubts();
            }
        }
    }
}
