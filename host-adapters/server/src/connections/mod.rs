//! Connections: taken, served, and at the end let go within a time. The one way in which anything here is served.

mod patience;
mod peer;
mod socket;
mod tls;

pub(crate) use peer::Peer;
pub(crate) use socket::Socket;
pub(crate) use tls::Tls;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use patience::Patient;
use peer::ForPeer;
use socket::Taken;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a client may take to send the head of a request, or to begin the next one.
const HEAD: Duration = Duration::from_secs(30);
/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long requests that were begun may take once the server is told to end.
pub(crate) const DRAIN: Duration = Duration::from_secs(10);
/// How long to wait where no connection can be taken, such as without a free file descriptor.
const PAUSE: Duration = Duration::from_millis(100);
/// How often it is said that there are too many connections.
const COMPLAINT: Duration = Duration::from_secs(10);
/// How long the head of a request may be.
const HEAD_BYTES: usize = 32 * 1024;
/// How often a quiet HTTP/2 client is asked whether it is still there, and how long it has to say so.
const PING: Duration = Duration::from_secs(20);
/// Requests side by side on one connection.
const STREAMS: u32 = 100;

/// A listener with its routes.
pub(crate) struct Server {
    pub(crate) socket: Socket,
    pub(crate) routes: Router,
    /// `None`: in the clear.
    pub(crate) tls: Option<Tls>,
    /// How many connections may be open at a time; others wait until one of them ends.
    pub(crate) limit: usize,
    /// How long a connection may lie still. Longer than any request takes.
    pub(crate) patience: Duration,
    pub(crate) open: OpenConnections,
}

/// How many connections are open; a clone counts the same ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenConnections(Arc<AtomicUsize>);

impl OpenConnections {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn one_more(&self) -> Opened {
        self.0.fetch_add(1, Ordering::Relaxed);
        Opened(Arc::clone(&self.0))
    }
}

/// One that is open until this is dropped.
struct Opened(Arc<AtomicUsize>);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Server {
    /// In the clear, for as many connections as there are.
    pub(crate) fn plain(socket: Socket, routes: Router) -> Self {
        Self {
            socket,
            routes,
            tls: None,
            limit: Semaphore::MAX_PERMITS,
            patience: Duration::from_secs(120),
            open: OpenConnections::default(),
        }
    }

    /// Serves until `told` is ready; then takes no more connections, and lets open requests end.
    pub(crate) async fn serve(self, told: impl Future<Output = ()>) {
        self.serve_heads(HEAD_BYTES, told).await;
    }

    /// As [`serve`](Self::serve), with heads of requests up to this long.
    pub(crate) async fn serve_heads(self, head_bytes: usize, told: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(self.limit.min(Semaphore::MAX_PERMITS)));
        let mut told = std::pin::pin!(told);
        let mut complained = None;
        loop {
            let taken = tokio::select! {
                taken = self.take(&places, &mut complained) => taken,
                () = &mut told => break,
            };
            match taken {
                Some((Taken::Tcp(stream, address), place)) => {
                    // An answer is small and waited for.
                    let _ = stream.set_nodelay(true);
                    self.attend(stream, Some(address), place, graceful.watcher(), head_bytes);
                }
                #[cfg(unix)]
                Some((Taken::Unix(stream), place)) => self.attend(stream, None, place, graceful.watcher(), head_bytes),
                None => tokio::time::sleep(PAUSE).await,
            }
        }
        drop(self.socket);
        if timeout(DRAIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("Requests were still open after {DRAIN:?}, and are left.");
        }
    }

    /// The next connection, once there is a place for it.
    async fn take(
        &self,
        places: &Arc<Semaphore>,
        complained: &mut Option<Instant>,
    ) -> Option<(Taken, OwnedSemaphorePermit)> {
        if places.available_permits() == 0 && complained.is_none_or(|at| at.elapsed() > COMPLAINT) {
            *complained = Some(Instant::now());
            tracing::warn!(limit = self.limit, "No more connections are taken until one of those that are open ends.");
        }
        // Nobody closes the semaphore.
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        match self.socket.accept().await {
            Ok(taken) => Some((taken, place)),
            Err(error) => {
                tracing::warn!(%error, "A connection could not be taken.");
                None
            }
        }
    }

    fn attend<S>(&self, stream: S, address: Option<IpAddr>, place: OwnedSemaphorePermit, watcher: Watcher, head: usize)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (opened, routes) = (self.open.one_more(), self.routes.clone());
        let acceptor = self.tls.as_ref().map(Tls::acceptor);
        let stream = Patient::new(stream, self.patience);
        tokio::spawn(async move {
            let _held = (opened, place);
            let Some(acceptor) = acceptor else {
                return converse(stream, ForPeer::new(routes, Peer { address, tls: false }), watcher, head).await;
            };
            match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => {
                    converse(stream, ForPeer::new(routes, Peer { address, tls: true }), watcher, head).await
                }
                Ok(Err(error)) => tracing::debug!(%error, "A client did not agree on TLS."),
                Err(_) => tracing::debug!("A client took longer than {HANDSHAKE:?} to agree on TLS."),
            }
        });
    }
}

async fn converse<S>(stream: S, routes: ForPeer, watcher: Watcher, head_bytes: usize)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(head_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(head_bytes).unwrap_or(u32::MAX));
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(%error, "A connection ended badly.");
    }
}
