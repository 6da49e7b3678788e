//! The guard as a [`tower::Layer`](https://docs.rs/tower-layer), for axum, tonic, hyper and every other
//! `tower::Service` with requests of `http` 1.
//!
//! [`Guard`] itself is the layer. An accepted request has two extensions: the
//! [`VerifiedToken`](glowband_verify::VerifiedToken), if it has a token, and the guard that accepted it. A rejected
//! request never reaches the inner service. Its answer is that of [`Rejection`](crate::Rejection), or for gRPC the one
//! described below.
//!
//! # gRPC
//!
//! A `POST` over HTTP/2 whose content type begins with `application/grpc`, or over any version of HTTP for gRPC-Web, is
//! answered as a gRPC call: HTTP 200 with `grpc-status` and `grpc-message` in the headers, and `www-authenticate` as
//! metadata. 400 and 401 become 16 (`UNAUTHENTICATED`), 403 becomes 7 (`PERMISSION_DENIED`), 503 becomes 14
//! (`UNAVAILABLE`), 500 becomes 13 (`INTERNAL`).
//!
//! Do not let a proxy that only checks the status ask a route behind this layer. Use
//! [`forward_auth`](crate::forward_auth), which never answers with a gRPC status.
//!
//! # CORS
//!
//! A browser sends no credentials with a preflight request. Add a CORS layer outside of the guard (in axum: after the
//! guard), so that it answers preflight requests before the guard requires a token.

mod body;
mod future;
mod grpc;
mod scope;
mod service;

pub use body::GuardBody;
pub use future::GuardFuture;
pub use scope::{RequireScope, ScopeFuture, ScopeService, require_scope};
pub use service::GuardService;
#[cfg(feature = "axum")]
pub(crate) use service::insert_extensions;

#[cfg(doc)]
use crate::guard::Guard;
use crate::rejection::Denial;

/// Returns the answer to a rejected request, in gRPC if the request is a gRPC call.
fn refuse<Q, B>(denial: &Denial, request: &http::Request<Q>) -> http::Response<GuardBody<B>> {
    let plain = denial.answer();
    let answer = match grpc::grpc_content_type(request) {
        Some(content_type) => grpc::answer(denial.rejection(), plain, content_type),
        None => plain,
    };
    http::Response::<String>::from(answer).map(GuardBody::refusal)
}
