//! actix-web: a middleware, and extractors for the verified token.
//!
//! Wrap an app, a scope or a resource in [`GuardMiddleware`]. Handlers then take [`Claims<T>`](crate::Claims),
//! [`OptionalClaims<T>`](crate::OptionalClaims) or [`Token`](crate::Token). Wrap routes that require further scopes in
//! a guard of their own: `guard.clone().require_scope("orders:write")`.
//!
//! ```
//! use actix_web::{App, HttpServer, web};
//! use glowband_http::actix::GuardMiddleware;
//! use glowband_http::{Claims, Guard};
//!
//! #[derive(serde::Deserialize)]
//! struct User {
//!     sub: String,
//! }
//!
//! async fn hello(Claims(user): Claims<User>) -> String {
//!     format!("Hello, {}", user.sub)
//! }
//!
//! # fn server(guard: Guard) {
//! let server = HttpServer::new(move || {
//!     App::new().wrap(GuardMiddleware::new(guard.clone())).route("/", web::get().to(hello))
//! });
//! # drop(server);
//! # }
//! ```
//!
//! Register a CORS middleware with a later `wrap` call than the guard: actix-web runs it first, so it answers preflight
//! requests before the guard asks for a token.

mod extract;
mod middleware;
mod reply;

pub use middleware::{GuardMiddleware, GuardMiddlewareService};
