//! A client of the service `orders.Orders`, on tonic's transport.

use std::net::SocketAddr;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Endpoint;
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

#[derive(Clone, PartialEq, prost::Message)]
struct WhoAmIRequest {}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct WhoAmIReply {
    #[prost(string, tag = "1")]
    pub(super) subject: String,
    #[prost(string, repeated, tag = "2")]
    pub(super) scopes: Vec<String>,
}

/// Calls `WhoAmI` over a connection of its own.
pub(super) fn who_am_i(server: SocketAddr, token: Option<&str>) -> Result<WhoAmIReply, Status> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let endpoint = Endpoint::from_shared(format!("http://{server}")).expect("an address");
        let mut client = Grpc::new(endpoint.connect().await.expect("the service listens"));
        client.ready().await.expect("the connection is ready");
        let mut request = Request::new(WhoAmIRequest {});
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().expect("a header's value");
            request.metadata_mut().insert("authorization", value);
        }
        let path = PathAndQuery::from_static("/orders.Orders/WhoAmI");
        let codec = ProstCodec::<WhoAmIRequest, WhoAmIReply>::default();
        client.unary(request, path, codec).await.map(tonic::Response::into_inner)
    })
}
