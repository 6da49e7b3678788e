//! What the API tells a client that did not get what it asked for: problem details (RFC 9457).

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use glowband_http::Rejection;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// What the challenge of a 401 calls that which is protected.
pub(super) const REALM: &str = "glowband";
/// When to ask again while the database is away, in seconds.
const DATABASE_PAUSE: u64 = 2;

/// A request that was not done, ready to be answered.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    details: ProblemDetails,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why a request was not done (RFC 9457). `name` is stable and meant for programs; `detail` is for people and may change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDetails {
    /// Always `about:blank`: status and `name` say it all.
    #[serde(rename = "type")]
    #[schema(pattern = "^about:blank$")]
    kind: &'static str,
    /// The phrase of the status.
    title: &'static str,
    /// The HTTP status code.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong and what is allowed, for people.
    detail: Cow<'static, str>,
    /// What is wrong, for programs.
    #[schema(pattern = "^[a-z][a-z0-9_]*$", example = "field_missing")]
    name: &'static str,
    /// The frozen number of a token's refusal, where a token was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u8, required = false, minimum = 1, maximum = 255)]
    code: Option<u8>,
    /// The member of the body, the parameter or the header that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "email")]
    field: Option<Cow<'static, str>>,
    /// The line of the body where it stops being JSON, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false, minimum = 1)]
    line: Option<usize>,
    /// The column in that line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false, minimum = 0)]
    column: Option<usize>,
}

impl Problem {
    pub(crate) const MEDIA_TYPE: &'static str = glowband_http::Problem::MEDIA_TYPE;

    /// A problem of this status; a 401 brings a challenge (RFC 9110 §15.5.2).
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

    /// A request that the client must mend.
    pub(crate) fn bad(name: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, name, detail)
    }

    /// The same, and what of it is wrong: a member of the body, a parameter, a header.
    pub(crate) fn field(
        name: &'static str,
        field: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut problem = Self::bad(name, detail);
        problem.0.details.field = Some(field.into());
        problem
    }

    /// A body that stops being JSON at this place.
    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        self.0.details.line = Some(line.max(1));
        self.0.details.column = Some(column);
        self
    }

    /// The same under another status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self.0.details.status = status.as_u16();
        self.0.details.title = phrase(status);
        self
    }

    /// An access token that is good by itself and no longer stands for an open login.
    pub(crate) fn invalid_token(name: &'static str, detail: &'static str) -> Self {
        let challenge = format!("Bearer realm=\"{REALM}\", error=\"invalid_token\", error_description=\"{detail}\"");
        Self::new(StatusCode::UNAUTHORIZED, name, detail).challenge(&challenge)
    }

    /// A good token that may not do this.
    pub(crate) fn insufficient_scope(detail: impl Into<Cow<'static, str>>) -> Self {
        let challenge = format!("Bearer realm=\"{REALM}\", error=\"insufficient_scope\"");
        Self::new(StatusCode::FORBIDDEN, "insufficient_scope", detail).challenge(&challenge)
    }

    /// Nothing is wrong with the request; the database cannot be asked at the moment.
    pub(crate) fn database_unavailable() -> Self {
        let detail = "The database cannot be reached at the moment. Ask again.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", detail).retry_after(DATABASE_PAUSE)
    }

    /// The server's own fault, which its log tells more about.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server could not do this. Its log says why.")
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// This header, once.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.retain(|(own, _)| *own != name);
        self.0.headers.push((name, value));
        self
    }

    /// The stable name.
    pub(crate) fn name(&self) -> &'static str {
        self.0.details.name
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    pub(crate) fn detail(&self) -> &str {
        &self.0.details.detail
    }

    /// What goes along in the head of the answer.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }

    fn challenge(self, challenge: &str) -> Self {
        // Our own texts are visible ASCII; should one ever not be, the bare scheme is a challenge too.
        let value = HeaderValue::from_str(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        self.header(WWW_AUTHENTICATE, value)
    }
}

/// A refused token in the guard's own words, with the guard's number and challenge.
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
        // For routes that answer in another form.
        response.extensions_mut().insert(self);
        let answered = response.headers_mut();
        answered.insert(CONTENT_TYPE, HeaderValue::from_static(Self::MEDIA_TYPE));
        answered.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answered.extend(headers);
        response
    }
}

/// The phrase of RFC 9110 §15; `http` still has the older one of 413.
fn phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        status => status.canonical_reason().unwrap_or("Problem"),
    }
}
