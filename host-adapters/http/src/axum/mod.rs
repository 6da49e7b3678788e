//! axum: extractors for the verified token, and the endpoint for reverse proxies.
//!
//! Add the [`Guard`](crate::Guard) to the routes with `.layer(guard)`. Handlers then take [`Claims<T>`](crate::Claims),
//! [`OptionalClaims<T>`](crate::OptionalClaims) or [`Token`](crate::Token). Single routes can require further scopes
//! with [`require_scope`](crate::require_scope).
//!
//! Without a layer, keep the guard in the router's state and take [`Guarded<Claims<T>>`](Guarded) in the handler.

mod extract;
mod proxy;
mod reply;

pub use extract::Guarded;
pub(crate) use proxy::forward_auth_router;
