//! An orders API on axum. The greeting is public, users with a valid token can list their orders, and users whose token
//! has the scope `orders:write` can place orders.

mod arguments;
mod orders;

use arguments::Arguments;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use glowband_http::{Claims, Guard, require_scope};
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
use orders::{NewOrder, Order, Orders};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The claims that the handlers need. A token without them is refused.
#[derive(Deserialize)]
struct User {
    sub: String,
}

#[derive(Serialize)]
struct Greeting {
    hello: &'static str,
}

async fn hello() -> Json<Greeting> {
    Json(Greeting { hello: "world" })
}

async fn list(Claims(user): Claims<User>, State(orders): State<Arc<Orders>>) -> Json<Vec<Order>> {
    Json(orders.by(&user.sub))
}

async fn place(
    Claims(user): Claims<User>,
    State(orders): State<Arc<Orders>>,
    Json(new): Json<NewOrder>,
) -> (StatusCode, Json<Order>) {
    (StatusCode::CREATED, Json(orders.place(user.sub, new)))
}

fn app(guard: Guard) -> Router {
    let guarded = Router::new()
        .route("/orders", get(list))
        .route("/orders", post(place).route_layer(require_scope("orders:write")))
        .layer(guard);
    Router::new().route("/hello", get(hello)).merge(guarded).with_state(Arc::default())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let keys = KeyReader::new().parse(&arguments.keys)?;
    let policy = OwnedPolicy::issuer(&arguments.issuer).audience(&arguments.audience).token_type("at+jwt").leeway(30);
    let guard = Guard::new(HostVerifier::new(keys, policy)).realm("orders");

    let listener = TcpListener::bind(arguments.listen).await?;
    println!("axum-api listens on http://{}", listener.local_addr()?);
    axum::serve(listener, app(guard)).await?;
    Ok(())
}
