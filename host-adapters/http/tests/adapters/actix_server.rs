//! actix-web: the middleware and the extractors.

use crate::rows;
use crate::tokens::{self, User};
use crate::wire::{Reply, get};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt, web};
use glowband_http::actix::GuardMiddleware;
use glowband_http::{Claims, Guard, OptionalClaims, Token};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;

async fn hello(Claims(user): Claims<User>) -> String {
    format!("Hello, {}", user.sub)
}

async fn optional(OptionalClaims(user): OptionalClaims<User>) -> String {
    user.map_or("Hello, guest".to_owned(), |user| format!("Hello, {}", user.sub))
}

async fn subject(Token(token): Token) -> String {
    token.subject().unwrap_or_default().to_owned()
}

/// A server in a thread of its own, because actix-web brings its own runtime.
struct Running {
    address: SocketAddr,
    handle: ServerHandle,
}

impl Running {
    fn start(configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let app = move || App::new().configure(configure.clone());
            rt::System::new().block_on(async move {
                let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
                send.send(server.handle()).unwrap();
                server.await
            })
        });
        Self { address, handle: receive.recv().unwrap() }
    }

    async fn with(&self, path: &str, token: &str) -> Reply {
        get(self.address, path, &[("Authorization", &format!("Bearer {token}"))]).await
    }

    async fn stop(self) {
        self.handle.stop(false).await;
    }
}

fn behind(guard: Guard) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| {
        let more = guard.clone().require_scope("orders:write");
        app.service(
            web::scope("")
                .wrap(GuardMiddleware::new(guard.clone()))
                .route("/", web::get().to(hello))
                .route("/perhaps", web::get().to(optional))
                .route("/subject", web::get().to(subject))
                .service(web::resource("/write").wrap(GuardMiddleware::new(more)).to(hello)),
        );
    }
}

#[tokio::test]
async fn actix_passes_all_common_cases() {
    let guard = tokens::guard();
    let server = Running::start(behind(guard.clone()));
    rows::all(server.address).await;
    assert_eq!(guard.metrics().snapshot().accepted, 3);
    assert_eq!(server.with("/subject", &tokens::good()).await.body, "alice");
    let reply = server.with("/write", &tokens::good()).await;
    assert!(reply.status == 403 && reply.header("www-authenticate").unwrap().ends_with("orders:read orders:write\""));
    server.stop().await;
}

#[tokio::test]
async fn an_optional_actix_guard_allows_requests_without_a_token() {
    let server = Running::start(behind(tokens::guard().optional()));
    assert_eq!(get(server.address, "/perhaps", &[]).await.body, "Hello, guest");
    assert_eq!(server.with("/perhaps", &tokens::good()).await.body, "Hello, alice");
    assert_eq!(server.with("/perhaps", &tokens::forged()).await.status, 401);
    let reply = get(server.address, "/", &[]).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer realm=\"orders\"")));
    server.stop().await;
}

#[tokio::test]
async fn actix_extractors_without_a_guard_answer_500() {
    let server = Running::start(|app| {
        app.route("/", web::get().to(hello)).route("/perhaps", web::get().to(optional));
    });
    for path in ["/", "/perhaps"] {
        let reply = server.with(path, &tokens::good()).await;
        assert_eq!((reply.status, reply.problem()["name"].as_str()), (500, Some("guard_missing")));
    }
    server.stop().await;
}
