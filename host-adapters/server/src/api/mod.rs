//! The HTTP API of `glowband serve`.
//!
//! Each request is checked in this order: the client's address (`client_info`), the client mode and the rules against
//! cross-site requests (`client_mode`), the credential (`bearer`, `service_client`), and the body or the query (`json_body` and
//! `fields`, or `pairs`). Each check returns a `problem` on failure. The handlers are in `logins`, `account`, `oauth`,
//! `revocations` and `well_known`. `routes` lists them, and `document` generates the OpenAPI document.

mod account;
mod answers;
mod bearer;
mod client_info;
mod client_mode;
mod cors;
mod docs_page;
mod document;
mod faults;
mod fields;
mod index;
mod json_body;
mod logins;
mod oauth;
mod pairs;
pub(crate) mod problem;
mod published;
mod refresh_cookie;
mod revocations;
mod routes;
mod scope;
mod service_client;
mod state;
mod token_status;
mod well_known;

use crate::state::AppState;
use axum::Router;

/// Returns all routes of a server that stands alone, for requests that have a [`Client`](crate::client::Client)
/// among their extensions.
///
/// `within_limits` wraps the handlers. Headers that all responses get are added outside of it.
pub(crate) fn standalone(app: AppState, within_limits: impl FnOnce(Router) -> Router) -> Router {
    routes::standalone(api(app), within_limits)
}

/// Returns the routes for another application: without `/`, without documentation, and without a response for other paths.
pub(crate) fn mounted(app: AppState, within_limits: impl FnOnce(Router) -> Router) -> Router {
    routes::mounted(api(app), within_limits)
}

fn api(app: AppState) -> state::Api {
    let documents = document::documents(&app.public_url, &app.settings);
    state::Api::new(app, documents)
}

#[cfg(test)]
mod tests;
