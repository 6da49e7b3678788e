//! Errors of the routes that OAuth specifies, in its own form (RFC 6749 §5.2).

use crate::api::caller;
use crate::api::problem::Problem;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use glowband_session::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done (RFC 6749 §5.2).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub(in crate::api) struct ErrorBody {
    /// What is wrong, for programs.
    #[schema(value_type = String, pattern = "^[a-z_]+$", example = "invalid_request")]
    error: &'static str,
    /// The same for people.
    error_description: String,
}

/// An error, ready to be answered.
#[derive(Clone, Debug)]
pub(in crate::api) struct OAuthError {
    status: StatusCode,
    body: ErrorBody,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl OAuthError {
    /// A request that the client must mend.
    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// No credential of a caller, or a wrong one.
    pub(super) fn invalid_client(description: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description);
        error.headers.push((WWW_AUTHENTICATE, HeaderValue::from_static(caller::CHALLENGE)));
        error
    }

    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, body: ErrorBody { error, error_description: description.into() }, headers: Vec::new() }
    }
}

/// What other routes answer as problem details, in OAuth's form.
impl From<Problem> for OAuthError {
    fn from(problem: Problem) -> Self {
        let status = problem.status();
        let error = match status {
            StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
            StatusCode::INTERNAL_SERVER_ERROR => "server_error",
            _ => "invalid_request",
        };
        let mut own = Self::new(status, error, problem.detail());
        own.headers.extend(problem.headers().iter().filter(|(name, _)| *name == RETRY_AFTER).cloned());
        own
    }
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
