//! Who is at the other end of a connection: known to every request of it.

use axum::Router;
use axum::http::Request;
use std::net::IpAddr;
use std::task::{Context, Poll};
use tower_service::Service;

/// The other end of a connection: an extension of each of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// `None` at a socket in the file system, which only those can reach who may.
    pub(crate) address: Option<IpAddr>,
    /// Whether the connection is TLS.
    pub(crate) tls: bool,
}

/// Routes for the requests of one connection.
#[derive(Clone)]
pub(super) struct ForPeer {
    routes: Router,
    peer: Peer,
}

impl ForPeer {
    pub(super) fn new(routes: Router, peer: Peer) -> Self {
        Self { routes, peer }
    }
}

impl<B> Service<Request<B>> for ForPeer
where
    Router: Service<Request<B>>,
{
    type Response = <Router as Service<Request<B>>>::Response;
    type Error = <Router as Service<Request<B>>>::Error;
    type Future = <Router as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.routes.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.routes.call(request)
    }
}
