//! A gRPC service on tonic that returns the subject of the caller's token. Tokens need the scope `orders:read`.

mod arguments;

use arguments::Arguments;
use glowband_http::Guard;
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy, VerifiedToken};
use orders::orders_server::{Orders, OrdersServer};
use std::error::Error;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// The service definition from `build.rs`.
#[allow(unreachable_pub, unused_qualifications, reason = "generated")]
mod orders {
    tonic::include_proto!("orders.Orders");
}

#[derive(Clone, PartialEq, prost::Message)]
struct WhoAmIRequest {}

#[derive(Clone, PartialEq, prost::Message)]
struct WhoAmIReply {
    #[prost(string, tag = "1")]
    subject: String,
    #[prost(string, repeated, tag = "2")]
    scopes: Vec<String>,
}

struct Service;

#[tonic::async_trait]
impl Orders for Service {
    async fn who_am_i(&self, request: Request<WhoAmIRequest>) -> Result<Response<WhoAmIReply>, Status> {
        let token = request.extensions().get::<VerifiedToken>();
        let token = token.ok_or_else(|| Status::internal("The service has no guard."))?;
        let subject = token.subject().ok_or_else(|| Status::permission_denied("The token has no subject."))?;
        let scopes = token.scopes().iter().map(str::to_owned).collect();
        Ok(Response::new(WhoAmIReply { subject: subject.to_owned(), scopes }))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let keys = KeyReader::new().parse(&arguments.keys)?;
    let policy = OwnedPolicy::issuer(&arguments.issuer).audience(&arguments.audience).token_type("at+jwt").leeway(30);
    let guard = Guard::new(HostVerifier::new(keys, policy)).realm("orders").require_scope("orders:read");

    let incoming = TcpIncoming::bind(arguments.listen)?;
    println!("tonic-service listens on http://{}", incoming.local_addr()?);
    Server::builder().layer(guard).add_service(OrdersServer::new(Service)).serve_with_incoming(incoming).await?;
    Ok(())
}
