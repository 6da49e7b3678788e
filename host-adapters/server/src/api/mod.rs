//! The HTTP API of `glowband serve`.
//!
//! A request passes, in this order: where it comes from (`whence`), what kind of client sends it (`client_mode`, with the
//! rules against cross-site requests), who asks (`bearer`, `caller`), and what it says (`json_body` and `fields`, or
//! `pairs`). Each of them refuses with a `problem`. The handlers are in `logins`, `account`, `oauth`, `revocations` and
//! `well_known`; `routes` lists them, and `document` describes them.

mod account;
mod answers;
mod bearer;
mod caller;
mod client_mode;
mod cors;
mod docs_page;
mod document;
mod faults;
mod fields;
mod index;
mod json_body;
mod logins;
mod no_store;
mod oauth;
mod pairs;
mod path_id;
pub(crate) mod problem;
mod published;
mod refresh_cookie;
mod revocations;
mod routes;
mod scope;
mod standing;
mod state;
mod well_known;
mod whence;

use crate::serve::state::App;
use axum::Router;

/// Returns all routes of a server that stands alone, for requests that have a [`Client`](crate::serve::client::Client)
/// among their extensions.
///
/// `within_limits` wraps the handlers; the headers of all answers are added outside of it.
pub(crate) fn standalone(app: App, within_limits: impl FnOnce(Router) -> Router) -> Router {
    routes::standalone(state::Api::new(app), within_limits)
}

/// Returns the routes that another application mounts beside its own: no `/`, no documentation, no answer for other paths.
pub(crate) fn mounted(app: App, within_limits: impl FnOnce(Router) -> Router) -> Router {
    routes::mounted(state::Api::new(app), within_limits)
}

#[cfg(test)]
mod tests;
