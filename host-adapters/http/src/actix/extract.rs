//! Extractors.

use crate::claims::{Claims, OptionalClaims, Token};
use crate::passed::Passed;
use crate::rejection::Denial;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};

impl<T: DeserializeOwned> FromRequest for Claims<T> {
    type Error = Denial;
    type Future = Ready<Result<Self, Denial>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(passed(request, |passed| passed.claims()))
    }
}

impl<T: DeserializeOwned> FromRequest for OptionalClaims<T> {
    type Error = Denial;
    type Future = Ready<Result<Self, Denial>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(passed(request, |passed| passed.optional_claims()))
    }
}

impl FromRequest for Token {
    type Error = Denial;
    type Future = Ready<Result<Self, Denial>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(passed(request, |passed| passed.owned_token()))
    }
}

fn passed<R>(request: &HttpRequest, read: impl FnOnce(&Passed<'_>) -> R) -> R {
    let extensions = request.extensions();
    read(&Passed { guard: extensions.get(), token: extensions.get() })
}
