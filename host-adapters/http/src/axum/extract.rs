//! Extractors for axum handlers.

use crate::claims::{Claims, OptionalClaims, Token};
use crate::guard::Guard;
use crate::guard_extensions::GuardExtensions;
use crate::rejection::Denial;
use crate::tower::insert_extensions;
use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use serde::de::DeserializeOwned;

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Claims<T> {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        GuardExtensions::from_extensions(&parts.extensions).claims()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for OptionalClaims<T> {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        GuardExtensions::from_extensions(&parts.extensions).optional_claims()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        GuardExtensions::from_extensions(&parts.extensions).owned_token()
    }
}

/// Authenticates the request with the [`Guard`] in the router's state, then extracts `E`. No layer is needed.
///
/// ```
/// use axum::{Router, routing::get};
/// use glowband_http::axum::Guarded;
/// use glowband_http::{Claims, Guard};
///
/// #[derive(serde::Deserialize)]
/// struct User {
///     sub: String,
/// }
///
/// async fn hello(Guarded(Claims(user)): Guarded<Claims<User>>) -> String {
///     format!("Hello, {}", user.sub)
/// }
///
/// # fn app(guard: Guard) -> Router {
/// Router::new().route("/", get(hello)).with_state(guard)
/// # }
/// ```
///
/// The state may also be a type of the application that implements [`FromRef`] for `Guard`.
#[derive(Clone, Copy, Debug)]
pub struct Guarded<E>(pub E);

impl<S, E> FromRequestParts<S> for Guarded<E>
where
    S: Send + Sync,
    E: FromRequestParts<S>,
    Guard: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let guard = Guard::from_ref(state);
        match guard.authenticate(&*parts).await {
            Ok(token) => insert_extensions(&guard, token, &mut parts.extensions),
            Err(rejection) => return Err(guard.deny(rejection).into_response()),
        }
        E::from_request_parts(parts, state).await.map(Self).map_err(IntoResponse::into_response)
    }
}
