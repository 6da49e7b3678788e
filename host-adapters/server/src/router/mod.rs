//! All routes of a server, and the layers around them.

mod limits;
mod metrics_page;
mod observe;
mod operators;
mod request_id;

use crate::api;
use crate::state::AppState;
use axum::Router;
use axum::middleware::from_fn_with_state;
use glowband_http::forward_auth;
use limits::{Limits, limit};
use observe::{Observer, observe};

/// Returns the routes of the main listener.
pub(crate) fn main(app: &AppState) -> Router {
    let mut others = operators::routes(app, app.settings.metrics_listen.is_none());
    if app.settings.forward_auth {
        others = others.nest("/forward-auth", forward_auth::router(app.guard.clone()));
    }
    let routes = api::standalone(app.clone(), |routes| within_limits(app, routes));
    seen(app, routes.merge(within_limits(app, others)))
}

/// Returns the routes that another application mounts next to its own.
pub(crate) fn mounted(app: &AppState) -> Router {
    seen(app, api::mounted(app.clone(), |routes| within_limits(app, routes)))
}

/// Returns the routes of the second listener.
pub(crate) fn of_operators(app: &AppState) -> Router {
    seen(app, within_limits(app, operators::routes(app, true)))
}

fn within_limits(app: &AppState, routes: Router) -> Router {
    routes.layer(from_fn_with_state(Limits::new(&app.settings), limit))
}

fn seen(app: &AppState, routes: Router) -> Router {
    let observer = Observer::new(&app.settings, app.metrics.clone());
    routes.layer(from_fn_with_state(observer, observe))
}
