//! What a user may see and change of the account.

pub(super) mod me;
pub(super) mod password;
pub(super) mod personal_tokens;
pub(super) mod sessions;

use super::problem::Problem;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;

/// The one variable part of a path. Whether it is an id is for the handler to say.
pub(in crate::api) struct PathId(String);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        // Bytes that are no UTF-8 are in no id.
        let Path(id) = read.map_err(|_| Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here."))?;
        Ok(Self(id))
    }
}
