//! Serves the gate: `/auth` for proxies, and `/healthz`, `/readyz` and `/metrics` for operators.

use super::gate::{Gate, KnownIssuer};
use super::key_origin::KeyOrigin;
use super::metrics::Figures;
use crate::Stop;
use crate::listener::{Server, Socket};
use crate::signals::{ReloadSignals, StopSignals};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use glowband_verify::RemoteKeySet;
use std::sync::Arc;

/// Serves until the process receives SIGTERM or SIGINT.
///
/// # Errors
/// Returns why the server cannot start.
pub(crate) fn serve(gate: Gate) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::Usage(format!("cannot start threads: {error}")))?;
    runtime.block_on(answer(gate))
}

async fn answer(gate: Gate) -> Result<(), Stop> {
    let listen = gate.listen();
    let socket = Socket::bind(listen).await.map_err(Stop::listening)?;
    let address = socket.address().unwrap_or(listen);
    // Before the first line of output: a signal without a handler would end the process.
    let hangups = ReloadSignals::listen().map_err(Stop::Usage)?;
    let mut ends = StopSignals::listen().map_err(Stop::Usage)?;
    for issuer in gate.issuers() {
        if let KeyOrigin::Remote(remote) = &issuer.origin {
            tokio::spawn(log_fetches(issuer.name.clone(), remote.clone()));
        }
    }
    tokio::spawn(reload_at_hangups(hangups, gate.issuers().to_vec()));
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

/// How long the head of a request may be, not counting its token, in bytes.
const HEAD_WITHOUT_TOKEN: usize = 32 * 1024;

/// How many unusable keys `/readyz` lists for each issuer.
const NAMED: usize = 20;

/// Answers 200 if at least one issuer has keys, because its tokens can be verified. The body lists each issuer without
/// keys and each key that cannot be used, with the reason.
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

/// Returns a line for each key of an issuer that cannot be used.
fn skipped(issuer: &KnownIssuer, several: bool) -> String {
    let of = if several { format!("{}: ", issuer.name) } else { String::new() };
    let snapshot = issuer.keys.snapshot();
    let skipped = snapshot.keys().skipped();
    let mut lines: String = skipped.iter().take(NAMED).map(|key| format!("{of}ignored {key}\n")).collect();
    if let Some(more) = skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push_str(&format!("{of}ignored {more} more keys\n"));
    }
    lines
}

/// Returns a line that says why an issuer has no keys, or `None` if it has keys.
fn missing(issuer: &KnownIssuer, several: bool) -> Option<String> {
    if issuer.has_keys() {
        return None;
    }
    let of = if several { format!("{}: ", issuer.name) } else { String::new() };
    let error = match &issuer.origin {
        KeyOrigin::Remote(remote) => remote.status().last_error,
        KeyOrigin::File(_) => None,
    };
    let why = error.map(|error| format!(": {error}")).unwrap_or_default();
    Some(format!("{of}no keys yet{why}\n"))
}

async fn metrics(State(figures): State<Figures>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.to_string())
}

/// Reads the key files of these issuers again at each SIGHUP. If a file is invalid, its issuer keeps its keys. Never returns.
async fn reload_at_hangups(mut hangups: ReloadSignals, issuers: Vec<KnownIssuer>) {
    loop {
        hangups.next().await;
        for KnownIssuer { name: issuer, origin, keys } in &issuers {
            let KeyOrigin::File(file) = origin else {
                tracing::info!(issuer, "SIGHUP ignored: the keys come from an address and are fetched on schedule");
                continue;
            };
            match file.read() {
                Ok(read) => {
                    tracing::info!(issuer, %file, keys = read.key_count(), "keys reloaded");
                    for key in read.skipped() {
                        tracing::warn!(issuer, %file, %key, "key ignored");
                    }
                    keys.replace(read);
                }
                Err(error) => tracing::error!(issuer, %error, "keys not reloaded; the old keys stay in use"),
            }
        }
    }
}

/// Logs when fetches of an issuer's keys begin to fail, fail with another error, or succeed again, and when the keys change.
/// Never returns.
async fn log_fetches(issuer: String, keys: RemoteKeySet) {
    let issuer = issuer.as_str();
    let (mut failing, mut generation) = (None, 0);
    loop {
        let fetched = keys.fetched();
        let status = keys.status();
        let error = status.last_error.map(|error| error.to_string());
        if error != failing {
            match &error {
                Some(error) => {
                    tracing::warn!(issuer, keys = status.keys, error, "fetching the keys failed")
                }
                None => tracing::info!(issuer, keys = status.keys, "fetching the keys succeeded again"),
            }
            failing = error;
        }
        // Without keys there is nothing to report here; the error was logged above.
        if status.generation != generation && status.keys > 0 {
            generation = status.generation;
            tracing::info!(issuer, keys = status.keys, ignored = status.skipped, "new keys in use");
            for key in keys.keys().snapshot().keys().skipped() {
                tracing::warn!(issuer, %key, "key ignored");
            }
        }
        fetched.await;
    }
}
