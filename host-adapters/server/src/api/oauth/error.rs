//! Errors of the routes under `/oauth`, as RFC 6749 §5.2 specifies them.

use crate::api::problem::Problem;
use crate::api::service_client;
use axum::Json;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use glowband_session::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request failed (RFC 6749 §5.2).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub(in crate::api) struct ErrorBody {
    /// The error code.
    #[schema(value_type = String, pattern = "^[a-z_]+$", example = "invalid_request")]
    error: &'static str,
    /// An explanation in English.
    error_description: String,
}

/// An error response.
#[derive(Clone, Debug)]
pub(in crate::api) struct OAuthError {
    status: StatusCode,
    body: ErrorBody,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl OAuthError {
    /// Returns a 400.
    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// Returns a 401: the credential of the service client is missing or wrong.
    pub(super) fn invalid_client(description: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description);
        error.headers.push((WWW_AUTHENTICATE, HeaderValue::from_static(service_client::CHALLENGE)));
        error
    }

    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, body: ErrorBody { error, error_description: description.into() }, headers: Vec::new() }
    }
}

/// Converts problem details to an OAuth error.
impl From<Problem> for OAuthError {
    fn from(problem: Problem) -> Self {
        let status = problem.status();
        let error = match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "temporarily_unavailable",
            StatusCode::INTERNAL_SERVER_ERROR => "server_error",
            _ => "invalid_request",
        };
        let mut own = Self::new(status, error, problem.detail());
        own.headers.extend(problem.headers().iter().filter(|(name, _)| *name == RETRY_AFTER).cloned());
        own
    }
}

/// Converts the problem details that the router and the request limits return under `/oauth` to OAuth errors: unknown
/// routes and methods, bodies that are too large or too slow, and timeouts.
pub(in crate::api) async fn in_oauths_form(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let below = path == "/oauth" || path.starts_with("/oauth/");
    let mut response = next.run(request).await;
    if !below {
        return response;
    }
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let (mut head, _) = response.into_parts();
    let (own, body) = OAuthError::from(problem).into_response().into_parts();
    head.headers.remove(CONTENT_LENGTH);
    for name in [CONTENT_TYPE, CACHE_CONTROL, RETRY_AFTER] {
        if let Some(value) = own.headers.get(&name) {
            head.headers.insert(name, value.clone());
        }
    }
    Response::from_parts(head, body)
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}
