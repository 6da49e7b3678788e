//! Routes on which users read and change their own account.

pub(super) mod me;
pub(super) mod password;
pub(super) mod personal_tokens;
pub(super) mod sessions;

use super::problem::Problem;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;

/// The variable part of a path. The handler checks whether it is an id.
pub(in crate::api) struct PathId(String);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        // Ids are ASCII, so a path that is not UTF-8 is a 404.
        let Path(id) = read.map_err(|_| {
            Problem::new(StatusCode::NOT_FOUND, "not_found", "The path is not valid UTF-8, so it contains no id.")
        })?;
        Ok(Self(id))
    }
}
