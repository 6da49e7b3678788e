//! tonic: rejections as gRPC statuses over HTTP/2.

use crate::tokens;
use glowband_http::Guard;
use glowband_verify::{KeySet, VerifiedToken};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http2;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::server::health_reporter;

async fn serve(guard: Guard) -> SocketAddr {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = incoming.local_addr().unwrap();
    let (_, health) = health_reporter();
    // An interceptor reads the same extensions as a method.
    let health = InterceptedService::new(health, |request: tonic::Request<()>| {
        let token: Option<&VerifiedToken> = request.extensions().get();
        match token.and_then(VerifiedToken::subject) {
            Some("alice") => Ok(request),
            other => Err(tonic::Status::internal(format!("{other:?}"))),
        }
    });
    tokio::spawn(Server::builder().layer(guard).add_service(health).serve_with_incoming(incoming));
    address
}

/// Calls the health service with an empty message, which means the whole server.
async fn check(server: SocketAddr, content_type: &str, token: Option<&str>) -> (u16, HeaderMap, Bytes) {
    let stream = TokioIo::new(TcpStream::connect(server).await.unwrap());
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::post(format!("http://{server}/grpc.health.v1.Health/Check"))
        .header("content-type", content_type)
        .header("te", "trailers");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Full::new(Bytes::from_static(&[0; 5]))).unwrap();
    let response: Response<_> = client.send_request(request).await.unwrap();
    let (status, mut headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap();
    headers.extend(body.trailers().cloned().unwrap_or_default());
    (status, headers, body.to_bytes())
}

#[tokio::test]
async fn tonic_accepts_a_valid_token() {
    let server = serve(tokens::guard()).await;
    let (status, headers, body) = check(server, "application/grpc", Some(&tokens::good())).await;
    assert_eq!((status, &headers["grpc-status"]), (200, &"0".parse().unwrap()));
    assert_eq!(&body[..], [0, 0, 0, 0, 2, 8, 1], "SERVING");
}

#[tokio::test]
async fn refusals_are_grpc_statuses() {
    let server = serve(tokens::guard()).await;
    for (token, code, message, error) in [
        (None, "16", "The request has no token.", None),
        (Some(tokens::forged()), "16", "The signature does not match.", Some("invalid_token")),
        (Some("a b".to_owned()), "16", "The Authorization header is not", Some("invalid_request")),
        (Some(tokens::without_scope()), "7", "The token lacks a required scope", Some("insufficient_scope")),
    ] {
        for content_type in ["application/grpc", "application/grpc+proto"] {
            let (status, headers, body) = check(server, content_type, token.as_deref()).await;
            let header = |name: &str| headers[name].to_str().unwrap();
            assert_eq!((status, header("grpc-status"), header("content-type")), (200, code, "application/grpc"));
            assert!(header("grpc-message").starts_with(message), "{headers:?}");
            assert!(header("www-authenticate").starts_with("Bearer realm=\"orders\""));
            let told = header("www-authenticate").split("error=\"").nth(1).and_then(|rest| rest.split('"').next());
            assert_eq!((told, body.len()), (error, 0));
        }
    }
}

#[tokio::test]
async fn without_any_key_the_grpc_status_is_unavailable() {
    let server = serve(tokens::guard_of(KeySet::new())).await;
    let (status, headers, _) = check(server, "application/grpc", Some(&tokens::good())).await;
    assert_eq!((status, &headers["grpc-status"]), (200, &"14".parse().unwrap()));
    assert!(headers.get("www-authenticate").is_none());
}

#[tokio::test]
async fn requests_that_are_not_grpc_get_an_http_answer() {
    let server = serve(tokens::guard()).await;
    let (status, headers, body) = check(server, "application/json", None).await;
    assert_eq!((status, &headers["content-type"]), (401, &"application/problem+json".parse().unwrap()));
    assert!(headers.get("grpc-status").is_none() && body.starts_with(b"{\"type\""));
}
