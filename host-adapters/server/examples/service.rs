//! A service with a route of its own and the login routes of Glowband.
//!
//! `cargo run -p glowband-server --example service -- 127.0.0.1:3000 FOLDER` keeps its database and its keys in FOLDER. Ctrl-C
//! ends it.

use axum::routing::get;
use axum::{Json, Router};
use glowband_http::Token;
use glowband_server::{Server, Settings};
use serde::Serialize;
use std::error::Error;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[derive(Serialize)]
struct Orders {
    user: String,
    orders: Vec<&'static str>,
}

/// The application's own route: the guard has verified the token.
async fn orders(Token(token): Token) -> Json<Orders> {
    Json(Orders { user: token.subject().unwrap_or_default().to_owned(), orders: vec!["two lamps", "a red band"] })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let data = arguments.next().unwrap_or_else(|| "glowband-data".to_owned());
    let listener = TcpListener::bind(address).await?;

    let mut settings = Settings::builder().environment().set("data", &data).build()?;
    settings.use_bound_address(listener.local_addr().ok());
    let server = Server::open(settings).await?;
    let background = server.start_background();

    let own = Router::new().route("/orders", get(orders)).route_layer(server.guard());
    let app = own.merge(server.router()).into_make_service_with_connect_info::<SocketAddr>();
    // Handled from here on: without a handler, the signal would end the process at once.
    #[cfg(unix)]
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    #[cfg(windows)]
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    let stop = async move {
        interrupt.recv().await;
    };
    println!("listening on {}", server.public_url());
    axum::serve(listener, app).with_graceful_shutdown(stop).await?;
    background.shutdown().await;
    println!("ended");
    Ok(())
}
