//! The guard as a [`tower::Layer`](https://docs.rs/tower-layer): for axum, tonic, hyper and whatever else speaks
//! `tower::Service` with requests of `http` 1.
//!
//! [`Guard`] itself is the layer. A request that gets through carries two extensions: the
//! [`VerifiedToken`](glowband_verify::VerifiedToken), if it brought a token, and the guard that looked at it. One that
//! does not get through never reaches the inner service; the answer is the one of [`Rejection`](crate::Rejection), or
//! for gRPC the one below.
//!
//! # gRPC
//!
//! A `POST` over HTTP/2 whose content type begins with `application/grpc`, and one over any HTTP for gRPC-Web, is answered
//! in gRPC's way: HTTP 200 with `grpc-status`
//! and `grpc-message` in the headers, and `www-authenticate` as metadata. 400 and 401 become 16 (`UNAUTHENTICATED`),
//! 403 becomes 7 (`PERMISSION_DENIED`), 503 becomes 14 (`UNAVAILABLE`), 500 becomes 13 (`INTERNAL`).
//!
//! Whoever asks a route behind this layer whether a request is good, and looks at the status alone, wants
//! [`forward_auth`](crate::forward_auth) instead, which never answers so.
//!
//! # CORS
//!
//! A browser sends no credentials with a preflight request. Put a CORS layer outside of the guard (in axum: add it
//! after the guard), so that it answers preflights before the guard asks them for a token.

mod body;
mod future;
mod grpc;
mod layer;
mod scope;
mod service;

pub use body::GuardBody;
pub use future::GuardFuture;
pub use scope::{RequireScope, ScopeFuture, ScopeService, require_scope};
pub use service::GuardService;
#[cfg(feature = "axum")]
pub(crate) use service::leave;

#[cfg(doc)]
use crate::guard::Guard;
use crate::rejection::Denial;

/// The answer to a request that does not get through, in the manner that the request asks for.
fn refuse<Q, B>(denial: &Denial, request: &http::Request<Q>) -> http::Response<GuardBody<B>> {
    let plain = denial.answer();
    let answer = match grpc::manner(request) {
        Some(manner) => grpc::answer(denial.rejection(), plain, manner),
        None => plain,
    };
    http::Response::<String>::from(answer).map(GuardBody::refusal)
}
