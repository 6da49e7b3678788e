//! Who a request comes from.

use std::net::IpAddr;
use std::sync::Arc;

/// The client of a request, as far as it can be believed: an extension of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address: the connection's, or what trusted proxies say.
    pub(crate) address: IpAddr,
    /// Whether it speaks TLS, to us or to a trusted proxy.
    pub(crate) https: bool,
    /// The name of this request in log lines and in the answer's `X-Request-Id`.
    pub(crate) request_id: Arc<str>,
}
