//! Adds the peer of a connection to each of its requests.

use super::slots::Activity;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_service::Service;

/// The peer of a connection, as an extension of each of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// `None` for a Unix socket, whose access is controlled by file permissions.
    pub(crate) address: Option<IpAddr>,
    /// Whether the connection is TLS.
    pub(crate) tls: bool,
}

/// The routes, for the requests of one connection.
#[derive(Clone)]
pub(super) struct WithPeer {
    routes: Router,
    peer: Peer,
    activity: Arc<Activity>,
}

impl WithPeer {
    pub(super) fn new(routes: Router, peer: Peer, activity: Arc<Activity>) -> Self {
        Self { routes, peer, activity }
    }
}

impl<B> Service<Request<B>> for WithPeer
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Body>>::poll_ready(&mut self.routes, context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        let request_guard = self.activity.request();
        let response = self.routes.call(request);
        Box::pin(async move {
            let response = response.await;
            drop(request_guard);
            response
        })
    }
}
