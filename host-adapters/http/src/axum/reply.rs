//! A rejection as a response.

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

/// In the realm `api`; [`Guard::deny`](crate::Guard::deny) takes the guard's.
impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        Denial::from(self).into_response()
    }
}
