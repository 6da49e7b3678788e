//! actix-web: a middleware, and extractors for what it found.
//!
//! Wrap an app, a scope or a resource in [`GuardMiddleware`]; handlers then ask for [`Claims<T>`](crate::Claims),
//! [`OptionalClaims<T>`](crate::OptionalClaims) or [`Token`](crate::Token). Routes that need more scopes are wrapped in
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
//! A CORS middleware goes outside of the guard, so it is wrapped after it.

mod extract;
mod middleware;
mod reply;

pub use middleware::{GuardMiddleware, GuardMiddlewareService};
