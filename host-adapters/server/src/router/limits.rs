//! Limits of requests: the size of the body, and the time.

use crate::api::problem::Problem;
use crate::config::Settings;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep, timeout};
use tracing::Instrument as _;

/// The limits of requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    bytes: u64,
    time: Duration,
}

impl Limits {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { bytes: settings.max_body.0, time: settings.request_timeout }
    }
}

/// Runs the handler within the limits.
///
/// The handler runs on its own task. It completes a change that it has started, such as ending all sessions after a password
/// change, even if the client disconnects or gets a timeout.
pub(super) async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if announced(request.headers()).is_some_and(|length| length > limits.bytes) {
        return Excess::Bytes.answer(limits);
    }
    let excess = Arc::new(OnceLock::new());
    let request = request.map(|body| Body::new(Measured::new(body, limits, Arc::clone(&excess))));
    let handler = tokio::spawn(next.run(request).in_current_span());
    let response = match timeout(limits.time, handler).await {
        Ok(Ok(response)) => response,
        // Only in tests: elsewhere a panic ends the process.
        Ok(Err(_)) => Problem::internal().into_response(),
        Err(_) => {
            tracing::warn!(seconds = limits.time.as_secs(), "request timed out");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "timeout",
                "The request took too long. Retry after the seconds in Retry-After.",
            )
            .retry_after(1)
            .into_response()
        }
    };
    // The handler only knows that its body is incomplete.
    excess.get().map_or(response, |excess: &Excess| excess.answer(limits))
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The limit that a body exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excess {
    Bytes,
    Time,
}

impl Excess {
    fn answer(self, limits: Limits) -> Response {
        let problem = match self {
            Self::Bytes => {
                let detail = format!("The body is too large; allowed: at most {} bytes.", limits.bytes);
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
            }
            Self::Time => {
                let detail = format!("The body did not arrive within {} seconds.", limits.time.as_secs());
                Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail)
            }
        };
        // The connection is closed, because the rest of the body precedes the next request.
        problem.header(CONNECTION, HeaderValue::from_static("close")).into_response()
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => "the body is too long",
            Self::Time => "the body took too long",
        })
    }
}

impl std::error::Error for Excess {}

/// A body that fails and records the limit when it exceeds one.
struct Measured {
    body: Body,
    left: u64,
    end: Pin<Box<Sleep>>,
    excess: Arc<OnceLock<Excess>>,
}

impl Measured {
    fn new(body: Body, limits: Limits, excess: Arc<OnceLock<Excess>>) -> Self {
        // This limit ends before the limit of the whole request, so that the client gets the more precise error.
        let time = limits.time.mul_f32(0.9);
        Self { body, left: limits.bytes, end: Box::pin(sleep(time)), excess }
    }

    fn fail(&self, excess: Excess) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Poll::Ready(Some(Err(axum::Error::new(*self.excess.get_or_init(|| excess)))))
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending if self.end.as_mut().poll(context).is_ready() => self.fail(Excess::Time),
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                match self.left.checked_sub(length) {
                    None => self.fail(Excess::Bytes),
                    Some(left) => {
                        self.left = left;
                        Poll::Ready(Some(Ok(frame)))
                    }
                }
            }
            polled => polled,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
