//! Connections: taken, served, and at the end let go within a time.

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// How long a client may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests that were begun may take once the server is told to end.
const DRAIN: Duration = Duration::from_secs(10);
/// How long to wait where no connection can be taken, such as without a free file descriptor.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `told` is ready; then takes no more connections, and lets open requests end.
pub(crate) async fn serve(listener: TcpListener, routes: Router, told: impl Future<Output = ()>) {
    let open = GracefulShutdown::new();
    let mut told = std::pin::pin!(told);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut told => break,
        };
        match accepted {
            Ok((stream, _)) => attend(stream, routes.clone(), &open),
            Err(error) => {
                tracing::warn!(%error, "A connection could not be taken.");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, open.shutdown()).await.is_err() {
        tracing::warn!("Requests were still open after {DRAIN:?}, and are left.");
    }
}

fn attend(stream: TcpStream, routes: Router, open: &GracefulShutdown) {
    // An answer is small and waited for.
    let _ = stream.set_nodelay(true);
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let connection = open.watch(connection.into_owned());
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "A connection ended badly.");
        }
    });
}
