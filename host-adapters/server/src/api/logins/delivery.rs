//! Whether the answer to a refresh reaches its client, as far as the server can tell.
//!
//! An answer that was ready quickly and gets lost is covered by the replay window. One that the server was slow with may
//! find that its client, or the limit for requests, gave up. The rotation is then in doubt, and the client may come again
//! with the token it has. Only the server's own time counts, from the whole request to the whole answer: a client that
//! closes its connection early cannot bring about a doubt.

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

/// An answer that takes longer than this is slow.
const SLOW: Duration = Duration::from_secs(1);
/// How long the store is left alone after it could not be told.
const PAUSE: Duration = Duration::from_millis(200);

impl Api {
    /// Watches over the delivery of an answer to a request that was whole at `since`.
    pub(super) fn watched(&self, response: Response, refreshed: Refreshed, since: Instant) -> Response {
        if since.elapsed() < SLOW {
            return response;
        }
        let api = self.clone();
        response.map(|body| Body::new(Watched { body, on_loss: Some((api, refreshed)) }))
    }

    /// Tells the store about rotations in doubt, in the background, until it knows all of them.
    pub(super) fn settle_doubts(&self) {
        if !self.sessions.has_doubts() || self.settling.swap(true, Ordering::AcqRel) {
            return;
        }
        let api = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = api.sessions.settle_doubts().await {
                    tracing::debug!(%error, "rotations in doubt could not be marked yet");
                    sleep(PAUSE).await;
                }
                if api.sessions.has_doubts() {
                    continue;
                }
                api.settling.store(false, Ordering::Release);
                // One may have come in between, and have found this task still at work.
                if !api.sessions.has_doubts() || api.settling.swap(true, Ordering::AcqRel) {
                    return;
                }
            }
        });
    }
}

/// A body that leaves a doubt unless all of it is taken.
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
            // At the end of the process there may be no runtime left.
            if tokio::runtime::Handle::try_current().is_ok() {
                api.settle_doubts();
            }
        }
    }
}
