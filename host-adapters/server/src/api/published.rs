//! Responses with caching rules: public documents can be cached, personal responses cannot.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Serialize;

use aws_lc_rs::digest::{SHA256, digest};

/// A public document with its headers.
#[derive(Clone, Debug)]
pub(super) struct Published {
    body: Bytes,
    media_type: HeaderValue,
    cache_control: HeaderValue,
    etag: HeaderValue,
}

impl Published {
    /// Returns a document with this `Cache-Control`.
    pub(super) fn new(body: impl Into<Bytes>, media_type: &'static str, cache_control: &str) -> Self {
        let body = body.into();
        let hash = digest(&SHA256, &body);
        let (half, _) = hash.as_ref().split_at(16);
        let etag = format!("\"{}\"", Base64UrlUnpadded::encode_string(half));
        Self {
            body,
            media_type: HeaderValue::from_static(media_type),
            // Both are visible ASCII.
            cache_control: HeaderValue::from_str(cache_control).unwrap_or(HeaderValue::from_static("no-store")),
            etag: HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }

    /// Returns the document, or 304 if the client's copy is current (RFC 9110 §13.1.2).
    pub(super) fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
        let mut tags = known.flat_map(|value| value.split(',')).map(str::trim);
        let same =
            tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == self.etag.as_bytes());
        let mut response = Response::new(if same { Body::empty() } else { Body::from(self.body.clone()) });
        if same {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.media_type.clone());
        headers.insert(CACHE_CONTROL, self.cache_control.clone());
        headers.insert(ETAG, self.etag.clone());
        response
    }
}

/// The OpenAPI document, as JSON and as an HTML page.
pub(super) struct Documents {
    pub(super) json: Published,
    pub(super) page: Published,
    pub(super) content_security_policy: String,
    /// All routes, such as `POST /auth/login`.
    pub(super) routes: Vec<String>,
}

/// JSON with `Cache-Control: no-store`.
pub(super) struct NoStore<T>(pub(super) T);

impl<T: Serialize> IntoResponse for NoStore<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
