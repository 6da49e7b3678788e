//! Starts the server from its settings and runs it until it is told to stop.

use super::log;
use crate::listener::{self, ConnectionLimits, DRAIN, FileState, HEAD_BYTES, Socket, Tls};
use crate::signals::{ReloadSignals, StopSignals};
use crate::{Stop, note};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use glowband_server::config::Listen;
use glowband_server::{Background, Peer, Server, Settings, UnknownRefreshSecret};
use std::io::Write;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// How much longer than a request the idle timeout of a connection is.
const IDLE_MARGIN: Duration = Duration::from_secs(30);
/// How often the files of the certificate are checked for a change.
const CERTIFICATE_CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// Serves until the process receives SIGTERM or SIGINT.
///
/// # Errors
/// Returns why the server cannot start.
pub(super) fn run(settings: Settings, secret: UnknownRefreshSecret) -> Result<(), Stop> {
    log::begin(settings.log, settings.log_format);
    let runtime = runtime()?;
    let served = runtime.block_on(serve(settings, secret));
    // Tasks that still run are aborted after one second.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

pub(super) fn runtime() -> Result<Runtime, Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Stop::Usage(format!("cannot start threads: {error}")))
}

async fn serve(mut settings: Settings, secret: UnknownRefreshSecret) -> Result<(), Stop> {
    // Before the first line of output: a signal without a handler would end the process.
    let (hangups, mut ends) =
        (ReloadSignals::listen().map_err(Stop::Usage)?, StopSignals::listen().map_err(Stop::Usage)?);
    let tls = settings.tls.clone().map(Tls::read).transpose().map_err(Stop::Usage)?;
    // Before anything is created, so that a second server with the same settings stops here.
    let socket = bind(&settings.listen).await?;
    let metrics_socket = match &settings.metrics_listen {
        Some(listen) => Some(bind(listen).await?),
        None => None,
    };
    settings.use_bound_address(socket.address());
    let server = Server::open_with(settings.clone(), secret).await.map_err(Stop::starting)?;
    server.created().iter().for_each(|line| note(line));

    let (stop_sender, stop_receiver) = watch::channel(false);
    let background = server.start_background();
    announce(&settings, &socket, metrics_socket.as_ref());
    print_first_user_hint(&settings, &server).await;

    let main = listener::Server {
        socket,
        routes: with_peer(server.standalone_router()),
        tls: tls.clone(),
        limits: ConnectionLimits {
            total: settings.max_connections,
            per_address: settings.max_connections_per_address,
            unlimited: settings.trusted_proxies.clone(),
        },
        idle_timeout: settings.request_timeout + IDLE_MARGIN,
        head_bytes: HEAD_BYTES,
        open: server.open_connections(),
    };
    let main = tokio::spawn(main.serve(stopped(stop_receiver.clone())));
    let operators = metrics_socket.map(|socket| {
        let routes = with_peer(server.operator_router());
        tokio::spawn(listener::Server::plain(socket, routes).serve(stopped(stop_receiver.clone())))
    });

    tokio::select! {
        () = ends.next() => {}
        () = reload(&server, &background, tls.as_ref(), hangups) => {}
    }
    tracing::info!(limit = ?DRAIN, "stopping: no new connections, waiting for open requests");
    // A second signal ends the process at once.
    tokio::spawn(async move {
        ends.next().await;
        tracing::warn!("second signal: stopped without waiting for open requests");
        std::process::exit(1);
    });
    let _ = stop_sender.send(true);
    let _ = main.await;
    if let Some(operators) = operators {
        let _ = operators.await;
    }
    background.shutdown().await;
    tracing::info!("stopped");
    Ok(())
}

async fn bind(listen: &Listen) -> Result<Socket, Stop> {
    let bound = match listen {
        Listen::Tcp(address) => Socket::bind(*address).await,
        Listen::Unix(path) => Socket::bind_unix(path).await,
    };
    bound.map_err(Stop::listening)
}

/// Converts the peer that the listener adds to each request to the type that the server's routes expect.
fn with_peer(routes: Router) -> Router {
    routes.layer(from_fn(async |mut request: Request, next: Next| -> Response {
        if let Some(peer) = request.extensions().get::<listener::Peer>().copied() {
            request.extensions_mut().insert(Peer { address: peer.address, tls: peer.tls });
        }
        next.run(request).await
    }))
}

/// Reads keys and certificate again at each SIGHUP, and the certificate when its files change. Never returns.
async fn reload(server: &Server, background: &Background, tls: Option<&Tls>, mut hangups: ReloadSignals) {
    let mut seen = tls.map(Tls::file_state);
    loop {
        tokio::select! {
            () = hangups.next() => {
                background.reload_keys().await;
                if let Some(tls) = tls {
                    reload_certificate(server, tls).await;
                }
                tracing::info!("SIGHUP: other settings are only read when the server starts");
            }
            // If the two files are replaced one after the other, the first attempt fails and the second succeeds.
            state = changed(tls, seen.as_ref()) => {
                seen = Some(state);
                if let Some(tls) = tls {
                    reload_certificate(server, tls).await;
                }
            }
        }
    }
}

/// Waits until a file of the certificate has changed. Never returns without a certificate.
async fn changed(tls: Option<&Tls>, seen: Option<&FileState>) -> FileState {
    loop {
        tokio::time::sleep(CERTIFICATE_CHECK_INTERVAL).await;
        if let Some(state) = tls.map(Tls::file_state)
            && Some(&state) != seen
        {
            return state;
        }
    }
}

async fn reload_certificate(server: &Server, tls: &Tls) {
    let reading = tls.clone();
    let read = tokio::task::spawn_blocking(move || reading.reload()).await;
    match read.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(()) => tracing::info!("certificate reloaded"),
        Err(error) => {
            server.count_background_failure();
            tracing::error!(%error, "certificate not reloaded; the old one stays in use");
        }
    }
}

async fn stopped(mut stop_receiver: watch::Receiver<bool>) {
    // Without a sender, the server ends as well.
    let _ = stop_receiver.wait_for(|stop| *stop).await;
}

/// Prints the first line of output, which tells people and programs that the server is ready.
fn announce(settings: &Settings, socket: &Socket, metrics: Option<&Socket>) {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let place = |listen: &Listen, socket: &Socket, scheme: &str| match socket.address() {
        Some(address) => format!("{scheme}://{address}"),
        None => listen.to_string(),
    };
    let mut out = std::io::stdout().lock();
    // An error is ignored: the reader may have closed the pipe.
    let _ = writeln!(out, "glowband serves on {}", place(&settings.listen, socket, scheme));
    if let (Some(listen), Some(socket)) = (&settings.metrics_listen, metrics) {
        let _ = writeln!(out, "glowband shows its metrics on {}", place(listen, socket, "http"));
    }
    let _ = out.flush();
}

/// Prints how to create the first account.
async fn print_first_user_hint(settings: &Settings, server: &Server) {
    if !server.has_no_users().await {
        return;
    }
    if settings.registration {
        note(&format!(
            "there are no users yet; create one with POST {}/auth/register or glowband users add EMAIL",
            server.public_url()
        ));
    } else {
        note("there are no users yet, and registration is off; create one with glowband users add EMAIL");
    }
}
