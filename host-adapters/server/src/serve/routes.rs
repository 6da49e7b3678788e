//! All routes of a server, and what every request goes through.

use super::limits::{Limits, limit};
use super::observe::{Observer, observe};
use super::operators;
use super::state::App;
use crate::api;
use axum::Router;
use axum::middleware::from_fn_with_state;
use glowband_http::forward_auth;

/// The routes of the main listener.
pub(super) fn main(app: &App) -> Router {
    let mut routes = api::routes(app.clone()).merge(operators::routes(app, app.settings.metrics_listen.is_none()));
    if app.settings.forward_auth {
        routes = routes.nest("/forward-auth", forward_auth::router(app.guard.clone()));
    }
    seen(app, routes)
}

/// The routes of the second listener.
pub(super) fn of_operators(app: &App) -> Router {
    seen(app, operators::routes(app, true))
}

fn seen(app: &App, routes: Router) -> Router {
    let observer = Observer::new(&app.settings, app.metrics.clone());
    routes.layer(from_fn_with_state(Limits::new(&app.settings), limit)).layer(from_fn_with_state(observer, observe))
}
