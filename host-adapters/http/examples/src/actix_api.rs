//! An orders API on actix-web. The greeting is public, users with a valid token can list their orders, and users whose
//! token has the scope `orders:write` can place orders.

mod arguments;
mod orders;

use actix_web::web::{self, Data, Json, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use arguments::Arguments;
use glowband_http::actix::GuardMiddleware;
use glowband_http::{Claims, Guard};
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
use orders::{NewOrder, Order, Orders};
use serde::{Deserialize, Serialize};
use std::error::Error;

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

async fn list(Claims(user): Claims<User>, orders: Data<Orders>) -> Json<Vec<Order>> {
    Json(orders.by(&user.sub))
}

async fn place(Claims(user): Claims<User>, orders: Data<Orders>, Json(new): Json<NewOrder>) -> HttpResponse {
    HttpResponse::Created().json(orders.place(user.sub, new))
}

fn routes(services: &mut ServiceConfig, guard: &Guard) {
    let readers = GuardMiddleware::new(guard.clone());
    let writers = GuardMiddleware::new(guard.clone().require_scope("orders:write"));
    let orders =
        web::resource("/orders").route(web::get().to(list).wrap(readers)).route(web::post().to(place).wrap(writers));
    services.route("/hello", web::get().to(hello)).service(orders);
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let keys = KeyReader::new().parse(&arguments.keys)?;
    let policy = OwnedPolicy::issuer(&arguments.issuer).audience(&arguments.audience).token_type("at+jwt").leeway(30);
    let guard = Guard::new(HostVerifier::new(keys, policy)).realm("orders");

    let orders = Data::new(Orders::default());
    let app = move || App::new().app_data(orders.clone()).configure(|services| routes(services, &guard));
    let server = HttpServer::new(app).bind(arguments.listen)?;
    println!("actix-api listens on http://{}", server.addrs().first().ok_or("no address")?);
    server.run().await?;
    Ok(())
}
