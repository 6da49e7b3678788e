//! The listener: the question itself, and what operators look at.

use super::checked::{Gate, Origin};
use super::metrics::Figures;
use super::reload;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use glowband_http::forward_auth;
use glowband_verify::LiveKeys;
use tokio::net::TcpListener;

/// Answers until the process is told to end.
///
/// # Errors
/// In words for people, if it cannot begin.
pub(crate) fn serve(gate: Gate) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no threads to serve with: {error}"))?;
    runtime.block_on(answer(gate))
}

async fn answer(gate: Gate) -> Result<(), String> {
    let listen = gate.listen();
    let bound = TcpListener::bind(listen).await;
    let listener = bound.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    println!("glowband forward-auth listens on http://{address}/auth");
    if let Origin::File(file) = gate.origin() {
        tokio::spawn(reload::on_hangup(file.clone(), gate.live_keys()));
    }
    let operators = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(gate.live_keys()))
        .route("/metrics", get(metrics).with_state(Figures::of(&gate)));
    let routes = forward_auth::router(gate.guard()).merge(operators);
    let served = axum::serve(listener, routes).with_graceful_shutdown(told_to_end());
    served.await.map_err(|error| format!("{address}: {error}"))
}

/// Ready is who has keys to judge by.
async fn ready(State(keys): State<LiveKeys>) -> impl IntoResponse {
    match keys.snapshot().keys().is_empty() {
        false => (StatusCode::OK, "ready\n"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "no keys yet\n"),
    }
}

async fn metrics(State(figures): State<Figures>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.to_string())
}

/// SIGTERM or SIGINT.
async fn told_to_end() {
    let interrupted = async {
        // Where Ctrl-C cannot be listened to, it ends the process anyway.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
