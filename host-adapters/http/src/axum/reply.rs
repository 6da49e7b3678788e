//! Converts a rejection to an axum response.

use crate::answer::Answer;
use crate::rejection::{Denial, Rejection};
use axum::body::Body;
use axum::response::{IntoResponse, Response};

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        Response::<Body>::from(self)
    }
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        self.answer().into_response()
    }
}

/// Answers in the realm `api`. Use [`Guard::deny`](crate::Guard::deny) for the realm of a guard.
impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        Denial::from(self).into_response()
    }
}
