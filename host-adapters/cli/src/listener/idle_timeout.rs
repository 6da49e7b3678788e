//! A stream that fails with a timeout if no bytes move in either direction for too long.

use super::slots::Activity;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream with an idle timeout.
pub(super) struct IdleTimeout<S> {
    stream: S,
    limit: Duration,
    /// Records when bytes arrive.
    activity: Arc<Activity>,
    moved: Instant,
    /// Reset only when it fires, so that each transfer only costs a look at the clock.
    alarm: Pin<Box<Sleep>>,
}

impl<S> IdleTimeout<S> {
    pub(super) fn new(stream: S, limit: Duration, activity: Arc<Activity>) -> Self {
        let moved = Instant::now();
        Self { stream, limit, activity, moved, alarm: Box::pin(sleep_until(moved + limit)) }
    }

    fn check<T>(&mut self, context: &mut Context<'_>, moved: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if moved.is_ready() {
            self.moved = Instant::now();
            return moved;
        }
        while self.alarm.as_mut().poll(context).is_ready() {
            let end = self.moved + self.limit;
            if end <= Instant::now() {
                return Poll::Ready(Err(io::Error::new(
                    ErrorKind::TimedOut,
                    "no bytes were sent or received for too long",
                )));
            }
            self.alarm.as_mut().reset(end);
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for IdleTimeout<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, to);
        if to.filled().len() > before {
            self.activity.bytes_received();
        }
        self.check(context, read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for IdleTimeout<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, from);
        self.check(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        // A flush that is ready at once has moved no bytes, so it does not restart the timeout.
        if flushed.is_ready() { flushed } else { self.check(context, flushed) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.check(context, shut)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, from);
        self.check(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    const LIMIT: Duration = Duration::from_secs(60);

    fn with_limit<S>(stream: S) -> IdleTimeout<S> {
        IdleTimeout::new(stream, LIMIT, Arc::new(Activity::new(None)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_times_out() {
        let (near, _far) = duplex(16);
        let began = Instant::now();
        let error = with_limit(near).read_u8().await.unwrap_err();
        assert_eq!((error.kind(), began.elapsed().as_secs()), (ErrorKind::TimedOut, 60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_times_out() {
        let (near, _far) = duplex(16);
        let error = with_limit(near).write_all(&[0; 17]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_client_does_not_time_out() {
        let (near, mut far) = duplex(16);
        tokio::spawn(async move {
            for byte in 0..5 {
                tokio::time::sleep(LIMIT - Duration::from_secs(1)).await;
                far.write_u8(byte).await.unwrap();
            }
        });
        let mut bytes = Vec::new();
        with_limit(near).read_to_end(&mut bytes).await.unwrap();
        assert_eq!(bytes, [0, 1, 2, 3, 4]);
    }
}
