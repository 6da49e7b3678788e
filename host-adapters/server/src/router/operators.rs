//! The routes for operators: `/healthz`, `/readyz` and `/metrics`.

use super::metrics_page;
use crate::state::{AppState, wall_clock};
use axum::Router;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::time::Duration;
use tokio::time::timeout;

/// The time in which the database must answer the readiness check.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns `/healthz` and `/readyz`, and `/metrics` if it belongs to this listener.
pub(super) fn routes(app: &AppState, with_metrics: bool) -> Router {
    let routes = Router::new()
        .route("/healthz", get(async || plain(StatusCode::OK, "ok\n".to_owned())))
        .route("/readyz", get(ready).with_state(app.clone()));
    if with_metrics { routes.route("/metrics", get(figures).with_state(app.clone())) } else { routes }
}

/// Returns 200 if users can log in, and otherwise 503 with the reasons.
async fn ready(State(app): State<AppState>) -> Response {
    let mut missing = Vec::new();
    match timeout(PATIENCE, app.sessions.check()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => missing.push(error.to_string()),
        Err(_) => missing.push(format!("the database did not answer within {PATIENCE:?}")),
    }
    if let Err(error) = app.issuer_keys.signer(wall_clock()) {
        missing.push(error.to_string());
    }
    // An unreadable signing key is reported, but the server is ready while another key signs.
    let faults = app.key_faults.in_words();
    if missing.is_empty() {
        return plain(StatusCode::OK, faults.map_or("ready\n".to_owned(), |faults| format!("ready, but {faults}\n")));
    }
    missing.extend(faults);
    plain(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", missing.join("; ")))
}

async fn figures(State(app): State<AppState>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, metrics_page::MEDIA_TYPE), (CACHE_CONTROL, "no-store")], metrics_page::page(&app))
}

fn plain(status: StatusCode, text: String) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], text).into_response()
}
