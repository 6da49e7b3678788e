//! Extractors for actix-web handlers.

use crate::claims::{Claims, OptionalClaims, Token};
use crate::guard_extensions::GuardExtensions;
use crate::rejection::Denial;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};

impl<T: DeserializeOwned> FromRequest for Claims<T> {
    type Error = Denial;
    type Future = Ready<Result<Self, Denial>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(with_extensions(request, |extensions| extensions.claims()))
    }
}

impl<T: DeserializeOwned> FromRequest for OptionalClaims<T> {
    type Error = Denial;
    type Future = Ready<Result<Self, Denial>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(with_extensions(request, |extensions| extensions.optional_claims()))
    }
}

impl FromRequest for Token {
    type Error = Denial;
    type Future = Ready<Result<Self, Denial>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(with_extensions(request, |extensions| extensions.owned_token()))
    }
}

fn with_extensions<R>(request: &HttpRequest, read: impl FnOnce(&GuardExtensions<'_>) -> R) -> R {
    let extensions = request.extensions();
    read(&GuardExtensions { guard: extensions.get(), token: extensions.get() })
}
