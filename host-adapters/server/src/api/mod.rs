//! The HTTP API of `glowband serve`.
//!
//! A request passes, in this order: where it comes from (`client_info`), what kind of client sends it (`client_mode`, with the
//! rules against cross-site requests), who asks (`bearer`, `service_client`), and what it says (`json_body` and `fields`, or
//! `pairs`). Each of them refuses with a `problem`. The handlers are in `logins`, `account`, `oauth`, `revocations` and
//! `well_known`; `routes` lists them, and `document` describes them.

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
/// `within_limits` wraps the handlers; the headers of all answers are added outside of it.
pub(crate) fn standalone(app: AppState, within_limits: impl FnOnce(Router) -> Router) -> Router {
    routes::standalone(api(app), within_limits)
}

/// Returns the routes that another application mounts beside its own: no `/`, no documentation, no answer for other paths.
pub(crate) fn mounted(app: AppState, within_limits: impl FnOnce(Router) -> Router) -> Router {
    routes::mounted(api(app), within_limits)
}

fn api(app: AppState) -> state::Api {
    let documents = document::documents(&app.public_url, &app.settings);
    state::Api::new(app, documents)
}

#[cfg(test)]
mod tests;
