//! The listener: the question itself, and what operators look at.

use super::checked::{Gate, KnownIssuer};
use super::key_origin::KeyOrigin;
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
use std::sync::Arc;

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
    for issuer in gate.issuers() {
        if let KeyOrigin::Remote(remote) = &issuer.origin {
            tokio::spawn(watch::fetches(issuer.name.clone(), remote.clone()));
        }
    }
    tokio::spawn(reload::at_hangups(hangups, gate.issuers().to_vec()));
    println!("glowband forward-auth listens on http://{address}/auth");
    let operators = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(Arc::from(gate.issuers())))
        .route("/metrics", get(metrics).with_state(Figures::of(&gate)));
    let routes = gate.answers().router().merge(operators);
    let head = HEAD_WITHOUT_TOKEN + gate.longest_token();
    Server { head_bytes: head, ..Server::plain(socket, routes) }.serve(async { ends.next().await }).await;
    Ok(())
}

/// How long the head of a request may be beside its token.
const HEAD_WITHOUT_TOKEN: usize = 32 * 1024;

/// How many keys that cannot be used are named for each issuer.
const NAMED: usize = 20;

/// Answers 200 as soon as one issuer has keys: its tokens can be judged, whatever becomes of the others. The body names
/// each issuer that has none, and each key that cannot be used, with the reason.
async fn ready(State(issuers): State<Arc<[KnownIssuer]>>) -> impl IntoResponse {
    let several = issuers.len() > 1;
    let missing: String = issuers.iter().filter_map(|issuer| missing(issuer, several)).collect();
    let skipped: String = issuers.iter().map(|issuer| skipped(issuer, several)).collect();
    if issuers.iter().any(KnownIssuer::has_keys) {
        (StatusCode::OK, format!("ready\n{missing}{skipped}"))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, missing + &skipped)
    }
}

/// A line for each key of an issuer that cannot be used.
fn skipped(issuer: &KnownIssuer, several: bool) -> String {
    let of = if several { format!("{}: ", issuer.name) } else { String::new() };
    let snapshot = issuer.keys.snapshot();
    let skipped = snapshot.keys().skipped();
    let mut lines: String = skipped.iter().take(NAMED).map(|key| format!("{of}left out {key}\n")).collect();
    if let Some(more) = skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push_str(&format!("{of}left out {more} more keys\n"));
    }
    lines
}

/// A line that says why an issuer has no keys; `None` if it has some.
fn missing(issuer: &KnownIssuer, several: bool) -> Option<String> {
    if issuer.has_keys() {
        return None;
    }
    let of = if several { format!("{}: ", issuer.name) } else { String::new() };
    let error = match &issuer.origin {
        KeyOrigin::Remote(remote) => remote.status().last_error,
        KeyOrigin::File(_) => None,
    };
    let why = error.map(|error| format!(" {error}")).unwrap_or_default();
    Some(format!("{of}There are no keys yet.{why}\n"))
}

async fn metrics(State(figures): State<Figures>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.to_string())
}
