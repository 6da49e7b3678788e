//! From settings to a server that answers, until it is told to end.

use super::log;
use crate::listener::{self, ConnectionLimits, DRAIN, HEAD_BYTES, Look, Socket, Tls};
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

/// How much longer than a request a connection may lie still.
const STILL: Duration = Duration::from_secs(30);
/// How often the files of the certificate are checked for a change.
const CERTIFICATE: Duration = Duration::from_secs(10);

/// Serves until the process is told to end.
///
/// # Errors
/// Returns why the server cannot begin.
pub(super) fn run(settings: Settings, secret: UnknownRefreshSecret) -> Result<(), Stop> {
    log::begin(settings.log, settings.log_format);
    let runtime = runtime()?;
    let served = runtime.block_on(serve(settings, secret));
    // What still runs then has had its time.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

pub(super) fn runtime() -> Result<Runtime, Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Stop::Usage(format!("no threads to serve with: {error}")))
}

async fn serve(mut settings: Settings, secret: UnknownRefreshSecret) -> Result<(), Stop> {
    // Before the first line of output: a signal that has no handler yet would end the process.
    let (hangups, mut ends) =
        (ReloadSignals::listen().map_err(Stop::Usage)?, StopSignals::listen().map_err(Stop::Usage)?);
    let tls = settings.tls.clone().map(Tls::read).transpose().map_err(Stop::Usage)?;
    // Before anything is created: a second server of the same settings ends here.
    let socket = bind(&settings.listen).await?;
    let metrics_socket = match &settings.metrics_listen {
        Some(listen) => Some(bind(listen).await?),
        None => None,
    };
    settings.use_bound_address(socket.address());
    let server = Server::open_with(settings.clone(), secret).await.map_err(Stop::starting)?;
    server.created().iter().for_each(|line| note(line));

    let (tell, told) = watch::channel(false);
    let background = server.start_background();
    announce(&settings, &socket, metrics_socket.as_ref());
    hint(&settings, &server).await;

    let main = listener::Server {
        socket,
        routes: with_peer(server.standalone_router()),
        tls: tls.clone(),
        limits: ConnectionLimits {
            total: settings.max_connections,
            per_address: settings.max_connections_per_address,
            unlimited: settings.trusted_proxies.clone(),
        },
        idle_timeout: settings.request_timeout + STILL,
        head_bytes: HEAD_BYTES,
        open: server.open_connections(),
    };
    let main = tokio::spawn(main.serve(over(told.clone())));
    let operators = metrics_socket.map(|socket| {
        let routes = with_peer(server.operator_router());
        tokio::spawn(listener::Server::plain(socket, routes).serve(over(told.clone())))
    });

    tokio::select! {
        () = ends.next() => {}
        () = reload(&server, &background, tls.as_ref(), hangups) => {}
    }
    tracing::info!("Told to end: no more connections are taken, and open requests have {DRAIN:?}.");
    // Whoever is told twice is in a hurry.
    tokio::spawn(async move {
        ends.next().await;
        tracing::warn!("Told to end again: open requests are left.");
        std::process::exit(1);
    });
    let _ = tell.send(true);
    let _ = main.await;
    if let Some(operators) = operators {
        let _ = operators.await;
    }
    background.shutdown().await;
    tracing::info!("Ended.");
    Ok(())
}

async fn bind(listen: &Listen) -> Result<Socket, Stop> {
    let bound = match listen {
        Listen::Tcp(address) => Socket::bind(*address).await,
        Listen::Unix(path) => Socket::bind_unix(path).await,
    };
    bound.map_err(Stop::listening)
}

/// Tells the routes of the server the other end of the connection, which the listener knows.
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
    let mut seen = tls.map(Tls::look);
    loop {
        tokio::select! {
            () = hangups.next() => {
                background.reload_keys().await;
                if let Some(tls) = tls {
                    reload_certificate(server, tls).await;
                }
                tracing::info!("Other settings are read when the server is started again.");
            }
            // Files that are replaced one after the other change twice; the first pair may not belong together.
            look = changed(tls, seen.as_ref()) => {
                seen = Some(look);
                if let Some(tls) = tls {
                    reload_certificate(server, tls).await;
                }
            }
        }
    }
}

/// Waits until the files of the certificate look otherwise than they did. Never returns without a certificate.
async fn changed(tls: Option<&Tls>, seen: Option<&Look>) -> Look {
    loop {
        tokio::time::sleep(CERTIFICATE).await;
        if let Some(look) = tls.map(Tls::look)
            && Some(&look) != seen
        {
            return look;
        }
    }
}

async fn reload_certificate(server: &Server, tls: &Tls) {
    let reading = tls.clone();
    let read = tokio::task::spawn_blocking(move || reading.reload()).await;
    match read.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(()) => tracing::info!("The certificate was read again."),
        Err(error) => {
            server.count_background_failure();
            tracing::error!(%error, "The certificate stays as it was.");
        }
    }
}

async fn over(mut told: watch::Receiver<bool>) {
    // Without a sender, the server ends as well.
    let _ = told.wait_for(|over| *over).await;
}

/// Prints the first line, which people and programs wait for.
fn announce(settings: &Settings, socket: &Socket, metrics: Option<&Socket>) {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let place = |listen: &Listen, socket: &Socket, scheme: &str| match socket.address() {
        Some(address) => format!("{scheme}://{address}"),
        None => listen.to_string(),
    };
    let mut out = std::io::stdout().lock();
    // A reader that closed the pipe does not want to know.
    let _ = writeln!(out, "glowband serves on {}", place(&settings.listen, socket, scheme));
    if let (Some(listen), Some(socket)) = (&settings.metrics_listen, metrics) {
        let _ = writeln!(out, "glowband shows its metrics on {}", place(listen, socket, "http"));
    }
    let _ = out.flush();
}

/// Says how to make the first account.
async fn hint(settings: &Settings, server: &Server) {
    if !server.has_no_users().await {
        return;
    }
    if settings.registration {
        note(&format!(
            "there is no account yet: POST {}/auth/register makes one, and so does glowband users add EMAIL",
            server.public_url()
        ));
    } else {
        note("there is no account yet, and registration is off: glowband users add EMAIL makes one");
    }
}
