//! axum: extractors for what a guard found, and an endpoint for reverse proxies.
//!
//! Put the [`Guard`](crate::Guard) around the routes with `.layer(guard)`; their handlers then ask for
//! [`Claims<T>`](crate::Claims), [`OptionalClaims<T>`](crate::OptionalClaims) or [`Token`](crate::Token), and single
//! routes for more with [`require_scope`](crate::require_scope).
//!
//! Where a layer is not wanted, keep the guard in the router's state and ask for
//! [`Guarded<Claims<T>>`](Guarded): it judges the request on the spot.

mod extract;
mod proxy;
mod reply;

pub use extract::Guarded;
pub(crate) use proxy::forward_auth_router;
