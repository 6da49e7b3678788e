//! The list of routes and the documentation.

use super::answers::Unavailable;
use super::state::Api;
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// The name of the server and its routes.
#[derive(Serialize, ToSchema)]
#[schema(as = Index)]
pub(super) struct Index {
    name: &'static str,
    version: &'static str,
    /// The URL of the documentation page.
    documentation: String,
    /// The URL of the OpenAPI document.
    openapi: String,
    /// All routes: method and path.
    routes: Vec<String>,
}

/// List the routes
#[utoipa::path(
    get,
    path = "/",
    tag = "About",
    responses((status = 200, description = "The routes.", body = Index), (status = 503, response = Unavailable))
)]
pub(super) async fn index(State(api): State<Api>) -> Json<Index> {
    Json(Index {
        name: "glowband",
        version: env!("CARGO_PKG_VERSION"),
        documentation: format!("{}/docs", api.public_url),
        openapi: format!("{}/openapi.json", api.public_url),
        routes: api.documents.routes.clone(),
    })
}

/// Get this documentation as an OpenAPI document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "About",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of a cached copy.")),
    responses(
        (status = 200, description = "An OpenAPI 3.1 document.", body = Object, content_type = "application/json",
            headers(("ETag" = String))),
        (status = 304, description = "The cached copy is current."),
        (status = 503, response = Unavailable),
    )
)]
pub(super) async fn openapi(State(api): State<Api>, asked: HeaderMap) -> Response {
    api.documents.json.answer(&asked)
}

/// Get this documentation as an HTML page
#[utoipa::path(
    get,
    path = "/docs",
    tag = "About",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of a cached copy.")),
    responses(
        (status = 200, description = "An HTML page without scripts.", body = String, content_type = "text/html",
            headers(("ETag" = String), ("Content-Security-Policy" = String))),
        (status = 304, description = "The cached copy is current."),
        (status = 503, response = Unavailable),
    )
)]
pub(super) async fn docs(State(api): State<Api>, asked: HeaderMap) -> Response {
    let mut response = api.documents.page.answer(&asked);
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&api.documents.content_security_policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
