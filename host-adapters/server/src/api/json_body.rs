//! Reads request bodies that are one JSON object.

use super::fields::{Fields, FromFields};
use super::problem::Problem;
use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use std::future::poll_fn;
use std::pin::pin;
use zeroize::Zeroizing;

/// The longest body, in bytes. It is longer than a body whose members have their maximum lengths.
pub(super) const LIMIT: usize = 64 * 1024;
const JSON: &str = "application/json";

/// A required body.
pub(super) struct JsonBody<T>(pub(super) T);

/// An optional body.
pub(super) struct OptionalJsonBody<T>(pub(super) Option<T>);

impl<S: Send + Sync, T: FromFields> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        expect_type(&head.headers, JSON)?;
        let body = collected(&head.headers, body).await?;
        T::from_fields(&Fields::read(&body, T::NAMES)?).map(Self)
    }
}

impl<S: Send + Sync, T: FromFields> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let body = collected(&head.headers, body).await?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        expect_type(&head.headers, JSON)?;
        T::from_fields(&Fields::read(&body, T::NAMES)?).map(Some).map(Self)
    }
}

/// Checks the media type and, if there is one, the parameter `charset`, which must be UTF-8.
pub(super) fn expect_type(headers: &HeaderMap, expected: &'static str) -> Result<(), Problem> {
    let mut values = headers.get_all(CONTENT_TYPE).into_iter();
    let good = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().is_ok_and(|value| is_type(value, expected)),
        _ => false,
    };
    if good {
        return Ok(());
    }
    let detail = format!("The header Content-Type must be {expected}, in UTF-8.");
    Err(Problem::field("content_type", "Content-Type", detail)
        .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        // RFC 9110 §15.5.16
        .header(ACCEPT, HeaderValue::from_static(expected)))
}

fn is_type(value: &str, expected: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(expected));
    named
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, set)) if name.trim().eq_ignore_ascii_case("charset") => {
                set.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            Some(_) => true,
            None => parameter.is_empty(),
        })
}

/// Reads the whole body. The buffer is erased when it is dropped, because it contains passwords and tokens.
pub(super) async fn collected(headers: &HeaderMap, body: Body) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LIMIT as u64) {
        return Err(too_large());
    }
    // Allocates once: a vector that grows leaves copies in memory.
    let room = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or(LIMIT);
    let mut collected = Zeroizing::new(Vec::with_capacity(room));
    let mut body = pin!(body);
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame
            .map_err(|_| Problem::bad("body_incomplete", "The connection ended before the whole body arrived."))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if collected.len() + data.len() > LIMIT {
            return Err(too_large());
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected)
}

fn too_large() -> Problem {
    let detail = format!("The body is too large; allowed: at most {LIMIT} bytes.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}
