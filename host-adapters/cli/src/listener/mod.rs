//! Accepts connections and serves them over HTTP/1.1 and HTTP/2, with or without TLS, until the server stops. Both servers,
//! `serve` and `forward-auth`, use it.

mod idle_timeout;
mod peer;
mod slots;
mod socket;
#[cfg(feature = "serve")]
mod tls;

pub(crate) use peer::Peer;
pub(crate) use slots::ConnectionLimits;
pub(crate) use socket::{BindError, Socket};
#[cfg(feature = "serve")]
pub(crate) use tls::{FileState, Tls};

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use idle_timeout::IdleTimeout;
use peer::WithPeer;
use slots::{Activity, CloseMode, Slot, Slots};
use socket::Accepted;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a client may take to send the head of a request or to start the next request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long open requests may take after the server was told to stop.
pub(crate) const DRAIN: Duration = Duration::from_secs(10);
/// How long to wait after a failed `accept`, for example without a free file descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a connection may take to close gracefully.
const GRACEFUL_CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The shortest time between two log lines about too many connections.
const LOG_INTERVAL: Duration = Duration::from_secs(10);
/// How long the head of a request may be by default, in bytes.
pub(crate) const HEAD_BYTES: usize = 32 * 1024;
/// How often an idle HTTP/2 client is sent a PING, and how long it has to answer.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// Concurrent requests on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;

/// A listener and its routes.
pub(crate) struct Server {
    pub(crate) socket: Socket,
    pub(crate) routes: Router,
    /// `None` serves without TLS.
    #[cfg(feature = "serve")]
    pub(crate) tls: Option<Tls>,
    /// How many connections may be open at a time.
    pub(crate) limits: ConnectionLimits,
    /// The idle timeout of a connection. Must be longer than any request takes.
    pub(crate) idle_timeout: Duration,
    /// How long the head of a request may be, in bytes.
    pub(crate) head_bytes: usize,
    /// How many connections are open.
    pub(crate) open: Arc<AtomicUsize>,
}

/// Counts a connection as open until this is dropped.
struct OpenConnection(Arc<AtomicUsize>);

impl OpenConnection {
    fn count(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(open))
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Server {
    /// Returns a server without TLS and without limits on connections.
    pub(crate) fn plain(socket: Socket, routes: Router) -> Self {
        Self {
            socket,
            routes,
            #[cfg(feature = "serve")]
            tls: None,
            limits: ConnectionLimits::none(),
            idle_timeout: Duration::from_secs(120),
            head_bytes: HEAD_BYTES,
            open: Arc::default(),
        }
    }

    /// Serves until `stop_signal` is ready. Then accepts no more connections and waits for open requests.
    pub(crate) async fn serve(self, stop_signal: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(false);
        let slots = Slots::new(self.limits.clone());
        let mut stop_signal = std::pin::pin!(stop_signal);
        let mut log_limits = LogLimits::default();
        loop {
            let taken = tokio::select! {
                taken = self.take(&slots, &mut log_limits) => taken,
                () = &mut stop_signal => break,
            };
            match taken {
                Some((Accepted::Tcp(stream, address), slot)) => {
                    // Responses are small, so they are sent without delay.
                    let _ = stream.set_nodelay(true);
                    self.spawn_connection(stream, Some(address), slot, stopped.clone());
                }
                #[cfg(unix)]
                Some((Accepted::Unix(stream), slot)) => self.spawn_connection(stream, None, slot, stopped.clone()),
                None => {}
            }
        }
        drop((self.socket, stopped));
        let _ = stop.send(true);
        // Each connection holds a receiver.
        if timeout(DRAIN, stop.closed()).await.is_err() {
            tracing::warn!(waited = ?DRAIN, "requests were still open at shutdown and were aborted");
        }
    }

    /// Accepts the next connection and takes a slot for it.
    async fn take(&self, slots: &Slots, log_limits: &mut LogLimits) -> Option<(Accepted, Slot)> {
        let taken = match self.socket.accept().await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "accepting a connection failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                return None;
            }
        };
        let address = match &taken {
            Accepted::Tcp(_, address) => Some(*address),
            #[cfg(unix)]
            Accepted::Unix(_) => None,
        };
        if slots.are_taken() && log_limits.full.is_due() {
            let limit = self.limits.total;
            tracing::warn!(limit, "connection limit reached: closing the oldest idle connection, or waiting for one");
        }
        match slots.take(address).await {
            Ok(slot) => Some((taken, slot)),
            Err(slots::AddressLimitReached) => {
                if log_limits.address.is_due() {
                    let (limit, client) = (self.limits.per_address, address.map(tracing::field::display));
                    tracing::warn!(limit, client, "connection limit of a client reached: closed its new connection");
                }
                None
            }
        }
    }

    fn spawn_connection<S>(&self, stream: S, address: Option<IpAddr>, slot: Slot, mut stopped: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (opened, routes) = (OpenConnection::count(&self.open), self.routes.clone());
        #[cfg(feature = "serve")]
        let acceptor = self.tls.as_ref().map(Tls::acceptor);
        #[cfg(not(feature = "serve"))]
        let acceptor: Option<tokio_rustls::TlsAcceptor> = None;
        let (activity, head_bytes) = (Arc::clone(&slot.activity), self.head_bytes);
        let stream = IdleTimeout::new(stream, self.idle_timeout, Arc::clone(&activity));
        tokio::spawn(async move {
            let _held = (opened, slot);
            let routes = WithPeer::new(routes, Peer { address, tls: acceptor.is_some() }, Arc::clone(&activity));
            let Some(acceptor) = acceptor else {
                return serve_connection(stream, routes, &activity, head_bytes, stopped).await;
            };
            let accepted = tokio::select! {
                accepted = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)) => accepted,
                _ = activity.close_requested() => return,
                () = wait_for_stop(&mut stopped) => return,
            };
            match accepted {
                Ok(Ok(stream)) => {
                    activity.handshake_done();
                    serve_connection(stream, routes, &activity, head_bytes, stopped).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!(limit = ?HANDSHAKE_TIMEOUT, "TLS handshake timed out"),
            }
        });
    }
}

/// Limits how often the log lines about too many connections are written.
#[derive(Default)]
struct LogLimits {
    full: LogLimit,
    address: LogLimit,
}

#[derive(Default)]
struct LogLimit(Option<Instant>);

impl LogLimit {
    fn is_due(&mut self) -> bool {
        let due = self.0.is_none_or(|last| last.elapsed() > LOG_INTERVAL);
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}

/// Waits until the server is told to stop.
async fn wait_for_stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn serve_connection<S>(
    stream: S,
    routes: WithPeer,
    activity: &Activity,
    head_bytes: usize,
    mut stopped: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(head_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_INTERVAL)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(head_bytes).unwrap_or(u32::MAX));
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        close_mode = activity.close_requested() => {
            if close_mode == CloseMode::Immediate {
                return;
            }
            connection.as_mut().graceful_shutdown();
            timeout(GRACEFUL_CLOSE_TIMEOUT, connection).await.unwrap_or(Ok(()))
        }
        () = wait_for_stop(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection failed");
    }
}
