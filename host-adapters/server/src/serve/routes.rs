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
    let mut others = operators::routes(app, app.settings.metrics_listen.is_none());
    if app.settings.forward_auth {
        others = others.nest("/forward-auth", forward_auth::router(app.guard.clone()));
    }
    let routes = api::standalone(app.clone(), |routes| within_limits(app, routes));
    seen(app, routes.merge(within_limits(app, others)))
}

/// The routes that another application mounts beside its own.
pub(super) fn mounted(app: &App) -> Router {
    seen(app, api::mounted(app.clone(), |routes| within_limits(app, routes)))
}

/// The routes of the second listener.
pub(super) fn of_operators(app: &App) -> Router {
    seen(app, within_limits(app, operators::routes(app, true)))
}

fn within_limits(app: &App, routes: Router) -> Router {
    routes.layer(from_fn_with_state(Limits::new(&app.settings), limit))
}

fn seen(app: &App, routes: Router) -> Router {
    let observer = Observer::new(&app.settings, app.metrics.clone());
    routes.layer(from_fn_with_state(observer, observe))
}
