//! The server about itself.

use super::answers::Unavailable;
use super::state::Api;
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// What is here.
#[derive(Serialize, ToSchema)]
#[schema(as = Index)]
pub(super) struct Index {
    name: &'static str,
    version: &'static str,
    /// A page to read.
    documentation: String,
    /// The same for programs.
    openapi: String,
    /// Every route of the API.
    routes: Vec<String>,
}

/// What is here
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

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "About",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of a copy.")),
    responses(
        (status = 200, description = "An OpenAPI 3.1 document.", body = Object, content_type = "application/json",
            headers(("ETag" = String))),
        (status = 304, description = "The copy is as it should be."),
        (status = 503, response = Unavailable),
    )
)]
pub(super) async fn openapi(State(api): State<Api>, asked: HeaderMap) -> Response {
    api.documents.json.answer(&asked)
}

/// This document as a page
#[utoipa::path(
    get,
    path = "/docs",
    tag = "About",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of a copy.")),
    responses(
        (status = 200, description = "A page without scripts.", body = String, content_type = "text/html",
            headers(("ETag" = String), ("Content-Security-Policy" = String))),
        (status = 304, description = "The copy is as it should be."),
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
