//! The server under load: every route in one process, on tokio's usual runtime.

use crate::{guarded_routes, peer_routes};
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use std::io::Write;
use tokio::net::TcpListener;
use tower::util::MapRequestLayer;

/// Prints its address, and serves until it is killed.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_io().build().expect("threads can be started");
    runtime.block_on(async {
        let nothing = MapRequestLayer::new(|request: Request| request);
        let app = Router::new().route(crate::BARE, get(hello)).route("/layered", get(hello).layer(nothing));
        let app = app.merge(guarded_routes::all()).merge(peer_routes::all());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        println!("{}", listener.local_addr().expect("a bound socket has an address"));
        std::io::stdout().flush().expect("the other end listens");
        axum::serve(listener, app).await.expect("it never ends");
    });
}

/// What every route answers.
pub async fn hello() -> &'static str {
    "Hello"
}
