//! Converts a rejection to an actix-web response.

use crate::answer::Answer;
use crate::rejection::{Denial, Rejection};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};

impl From<Answer> for HttpResponse {
    fn from(answer: Answer) -> Self {
        // Statuses and headers come from fixed tables. If one were invalid, the answer is 500 and the request stays
        // rejected.
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::with_body(status, answer.body).map_into_boxed_body();
        for (name, value) in answer.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(&*name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl ResponseError for Denial {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.rejection().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.answer().into()
    }
}

/// Answers in the realm `api`. Use [`Guard::deny`](crate::Guard::deny) for the realm of a guard.
impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        Denial::from(self.clone()).error_response()
    }
}
