//! The listener: the question itself, and what operators look at.

use super::checked::{Gate, Origin};
use super::metrics::Figures;
use super::{reload, watch};
use crate::config::Listen;
use crate::connections::{Server, Socket};
use crate::signals::{Ends, Hangups};
use crate::start_error::StartError;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use glowband_http::forward_auth;

/// Answers until the process is told to end.
///
/// # Errors
/// Why it cannot begin.
pub(crate) fn serve(gate: Gate) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no threads to serve with: {error}"))?;
    runtime.block_on(answer(gate))
}

async fn answer(gate: Gate) -> Result<(), StartError> {
    let listen = gate.listen();
    let socket = Socket::bind(&Listen::Tcp(listen)).await?;
    let address = socket.address().unwrap_or(listen);
    // Before anybody is told that this is up: a signal that nobody listens to would end the process.
    let hangups = Hangups::listen()?;
    let mut ends = Ends::listen()?;
    match gate.origin() {
        Origin::File(file) => drop(tokio::spawn(reload::file(hangups, file.clone(), gate.live_keys()))),
        Origin::Remote(remote) => {
            tokio::spawn(reload::nothing(hangups));
            tokio::spawn(watch::fetches(remote.clone()));
        }
    }
    println!("glowband forward-auth listens on http://{address}/auth");
    let operators = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(gate.origin().clone()))
        .route("/metrics", get(metrics).with_state(Figures::of(&gate)));
    let routes = forward_auth::router(gate.guard()).merge(operators);
    Server::plain(socket, routes).serve(async { ends.next().await }).await;
    Ok(())
}

/// Ready is who has keys to judge by; who has none says why.
async fn ready(State(origin): State<Origin>) -> impl IntoResponse {
    let Origin::Remote(remote) = origin else {
        return (StatusCode::OK, "ready\n".to_owned());
    };
    if !remote.keys().snapshot().keys().is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    let why = remote.status().last_error.map(|error| format!(" {error}")).unwrap_or_default();
    (StatusCode::SERVICE_UNAVAILABLE, format!("There are no keys yet.{why}\n"))
}

async fn metrics(State(figures): State<Figures>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.to_string())
}
