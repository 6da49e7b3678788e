//! Error responses of the API: problem details (RFC 9457).

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use glowband_http::Rejection;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// The realm in the challenge of a 401.
pub(super) const REALM: &str = "glowband";
/// `Retry-After` while the database is unavailable, in seconds.
const DATABASE_PAUSE: u64 = 2;

/// An error response.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    details: ProblemDetails,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why a request failed (RFC 9457). `name` identifies the error and does not change. `detail` explains it to a person, and
/// its wording may change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDetails {
    /// Always `about:blank`. Use `name` to tell errors apart.
    #[serde(rename = "type")]
    #[schema(pattern = "^about:blank$")]
    kind: &'static str,
    /// The name of the HTTP status.
    title: &'static str,
    /// The HTTP status code.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong and what is allowed, in English.
    detail: Cow<'static, str>,
    /// The stable name of the error.
    #[schema(pattern = "^[a-z][a-z0-9_]*$", example = "field_missing")]
    name: &'static str,
    /// The stable number of the refusal, if a token was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u8, required = false, minimum = 1, maximum = 255)]
    code: Option<u8>,
    /// The body member, parameter or header that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "email")]
    field: Option<Cow<'static, str>>,
    /// The line of the JSON syntax error in the body, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false, minimum = 1)]
    line: Option<usize>,
    /// The column of the JSON syntax error in that line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false, minimum = 0)]
    column: Option<usize>,
}

impl Problem {
    pub(crate) const MEDIA_TYPE: &'static str = glowband_http::Problem::MEDIA_TYPE;

    /// Returns a problem of this status. A 401 has a challenge (RFC 9110 §15.5.2).
    pub(crate) fn new(status: StatusCode, name: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let details = ProblemDetails {
            kind: "about:blank",
            title: phrase(status),
            status: status.as_u16(),
            detail: detail.into(),
            name,
            code: None,
            field: None,
            line: None,
            column: None,
        };
        let problem = Self(Box::new(Inner { status, details, headers: Vec::new() }));
        match status {
            StatusCode::UNAUTHORIZED => problem.challenge(&format!("Bearer realm=\"{REALM}\"")),
            _ => problem,
        }
    }

    /// Returns a 400.
    pub(crate) fn bad(name: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, name, detail)
    }

    /// Returns a 400 that names the body member, parameter or header that is wrong.
    pub(crate) fn field(
        name: &'static str,
        field: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut problem = Self::bad(name, detail);
        problem.0.details.field = Some(field.into());
        problem
    }

    /// Adds the place of a JSON syntax error.
    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        self.0.details.line = Some(line.max(1));
        self.0.details.column = Some(column);
        self
    }

    /// Replaces the status and the title.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self.0.details.status = status.as_u16();
        self.0.details.title = phrase(status);
        self
    }

    /// Returns a 401 with `error="invalid_token"`, for a token whose session ended or that is not stored.
    pub(crate) fn invalid_token(name: &'static str, detail: &'static str) -> Self {
        let challenge = format!("Bearer realm=\"{REALM}\", error=\"invalid_token\", error_description=\"{detail}\"");
        Self::new(StatusCode::UNAUTHORIZED, name, detail).challenge(&challenge)
    }

    /// Returns a 403 for a valid token that does not allow the request.
    pub(crate) fn insufficient_scope(detail: impl Into<Cow<'static, str>>) -> Self {
        let challenge = format!("Bearer realm=\"{REALM}\", error=\"insufficient_scope\"");
        Self::new(StatusCode::FORBIDDEN, "insufficient_scope", detail).challenge(&challenge)
    }

    /// Returns a 503: the request may be valid, but the database is unavailable.
    pub(crate) fn database_unavailable() -> Self {
        let detail = "The database is unavailable. Retry after the seconds in Retry-After.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", detail).retry_after(DATABASE_PAUSE)
    }

    /// Returns a 500. The cause is in the server's log.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal server error. The server's log has the cause.",
        )
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// Sets this header, and replaces a previous value.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.retain(|(own, _)| *own != name);
        self.0.headers.push((name, value));
        self
    }

    /// Returns the stable name of the error.
    pub(crate) fn name(&self) -> &'static str {
        self.0.details.name
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    pub(crate) fn detail(&self) -> &str {
        &self.0.details.detail
    }

    /// Returns the additional headers of the response.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }

    fn challenge(self, challenge: &str) -> Self {
        // All texts are visible ASCII. The bare scheme is the fallback.
        let value = HeaderValue::from_str(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        self.header(WWW_AUTHENTICATE, value)
    }
}

/// Converts the guard's refusal of a token, with its number and its challenge.
impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let told = rejection.problem();
        let status = StatusCode::from_u16(told.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut problem = Self::new(status, told.name, told.detail);
        problem.0.details.code = told.code;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            problem = problem.retry_after(Rejection::RETRY_AFTER.into());
        }
        match rejection.challenge(REALM) {
            Some(challenge) => problem.challenge(&challenge),
            None => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Inner { status, details, headers } = *self.0.clone();
        let mut response = (status, Json(details)).into_response();
        // `oauth::in_oauths_form` converts it to an OAuth error.
        response.extensions_mut().insert(self);
        let answered = response.headers_mut();
        answered.insert(CONTENT_TYPE, HeaderValue::from_static(Self::MEDIA_TYPE));
        answered.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answered.extend(headers);
        response
    }
}

/// Returns the reason phrase of RFC 9110 §15. The crate `http` has an older phrase for 413.
fn phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        status => status.canonical_reason().unwrap_or("Problem"),
    }
}
