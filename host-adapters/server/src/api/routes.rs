//! The route table.

use super::client_mode::Origins;
use super::cors;
use super::problem::Problem;
use super::state::Api;
use super::{account, index, logins, oauth, revocations, well_known};
use axum::Router;
use axum::extract::Request;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post};

/// Returns the routes of logins, `/`, the documentation, and an answer for every other path.
pub(super) fn standalone(api: Api, within_limits: impl FnOnce(Router) -> Router) -> Router {
    let documentation = Router::new()
        .route("/", get(index::index))
        .route("/openapi.json", get(index::openapi))
        .route("/docs", get(index::docs));
    let routes = login_routes().merge(documentation).fallback(no_route);
    finished(routes.method_not_allowed_fallback(no_method), api, within_limits)
}

/// Returns the routes of logins alone.
pub(super) fn mounted(api: Api, within_limits: impl FnOnce(Router) -> Router) -> Router {
    finished(login_routes().method_not_allowed_fallback(no_method), api, within_limits)
}

fn login_routes() -> Router<Api> {
    Router::new()
        .route("/auth/register", post(logins::register::register))
        .route("/auth/login", post(logins::login::login))
        .route("/auth/refresh", post(logins::refresh::refresh))
        .route("/auth/logout", post(logins::logout::logout))
        .route("/auth/logout-all", post(logins::logout::logout_all))
        .route("/auth/me", get(account::me::me))
        .route("/auth/sessions", get(account::sessions::list_sessions))
        .route("/auth/sessions/{id}", delete(account::sessions::close_session))
        .route("/auth/password", post(account::password::change_password))
        .route("/auth/tokens", post(account::personal_tokens::create_token).get(account::personal_tokens::list_tokens))
        .route("/auth/tokens/{id}", delete(account::personal_tokens::revoke_token))
        .route("/auth/revocations", get(revocations::revocations))
        .route("/oauth/introspect", post(oauth::introspect::introspect))
        .route("/oauth/revoke", post(oauth::revoke::revoke))
        .route("/.well-known/jwks.json", get(well_known::jwks))
        .route("/.well-known/openid-configuration", get(well_known::openid_configuration))
        .route("/.well-known/oauth-authorization-server", get(well_known::oauth_authorization_server))
}

/// Adds the limits of requests. The CORS headers and `nosniff` are added outside of the limits, so that the limits' own
/// error responses have them too.
fn finished(routes: Router<Api>, api: Api, within_limits: impl FnOnce(Router) -> Router) -> Router {
    let origins: Origins = api.origins.clone();
    let routes = within_limits(routes.with_state(api)).layer(from_fn(oauth::in_oauths_form));
    routes.layer(from_fn_with_state(origins, cors::layer)).layer(from_fn(no_sniffing))
}

async fn no_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such route. GET / lists all routes.")
}

/// Returns the 405. The router adds the header `Allow`.
async fn no_method() -> Problem {
    let detail = "This route does not support this method. The header Allow lists the supported methods.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

/// Adds `X-Content-Type-Options: nosniff`, so that browsers do not guess a media type.
async fn no_sniffing(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
