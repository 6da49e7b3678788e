//! Gives each request an id and its client's address, counts it, and logs it. Log lines never contain queries, headers or
//! bodies.

use super::request_id::{self, RequestIds};
use crate::client::{Client, Peer, ResolvedClient, Trust};
use crate::config::Settings;
use crate::metrics::Metrics;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument as _;

/// One year, as OWASP recommends. Subdomains are not included, because they may belong to other services.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// The label of requests for unknown routes.
const NO_ROUTE: &str = "none";

/// The state of this layer. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Observer(Arc<Shared>);

struct Shared {
    trust: Trust,
    ids: RequestIds,
    metrics: Arc<Metrics>,
}

impl Observer {
    pub(super) fn new(settings: &Settings, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Shared { trust: Trust::new(settings), ids: RequestIds::new(), metrics }))
    }
}

/// Returns the other end of the connection, by the listener's [`Peer`] or axum's [`ConnectInfo`]. Without either, all
/// clients count as the address 0.0.0.0, and headers about the client are ignored.
fn peer(request: &Request) -> Peer {
    let extensions = request.extensions();
    extensions.get::<Peer>().copied().unwrap_or_else(|| {
        let address =
            extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical());
        Peer { address: Some(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))), tls: false }
    })
}

/// The outermost layer.
pub(super) async fn observe(State(Observer(shared)): State<Observer>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let peer = peer(&request);
    let ResolvedClient { address, https, by_proxy } = shared.trust.resolve(peer, request.headers());
    let request_id = if by_proxy { shared.ids.taken(request.headers()) } else { shared.ids.make() };
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let method = request.method().clone();
    request.extensions_mut().insert(Client { address, https, request_id: Arc::clone(&request_id) });

    let span = tracing::info_span!("request", id = &*request_id);
    let mut response = next.run(request).instrument(span).await;

    let (took, status) = (began.elapsed(), response.status().as_u16());
    shared.metrics.requests.answered(route, &method, status, took);
    // Milliseconds with three decimals.
    let ms = took.as_micros() as f64 / 1_000.0;
    tracing::info!(
        target: "glowband::access", %method, route, status, ms, client = %address, request_id = &*request_id, "answered"
    );
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert(HeaderName::from_static(request_id::HEADER), value);
    }
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}
