//! axum: the layer, the extractors, the scope layer.

use crate::rows;
use crate::tokens::{self, User};
use crate::wire::{Reply, ask, get};
use axum::Router;
use axum::extract::FromRef;
use axum::routing;
use glowband_http::axum::Guarded;
use glowband_http::{Claims, Guard, OptionalClaims, Token, require_scope};
use serde_json::json;
use std::net::SocketAddr;
use tokio::net::TcpListener;

pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

async fn hello(Claims(user): Claims<User>) -> String {
    format!("Hello, {}", user.sub)
}

async fn optional(OptionalClaims(user): OptionalClaims<User>) -> String {
    user.map_or("Hello, guest".to_owned(), |user| format!("Hello, {}", user.sub))
}

async fn scopes(Token(token): Token) -> String {
    token.scopes().iter().collect::<Vec<_>>().join(",")
}

async fn with(server: SocketAddr, path: &str, token: &str) -> Reply {
    get(server, path, &[("Authorization", &format!("Bearer {token}"))]).await
}

#[tokio::test]
async fn the_layer_passes_all_common_cases() {
    let guard = tokens::guard();
    let server = serve(Router::new().route("/", routing::get(hello)).layer(guard.clone())).await;
    rows::all(server).await;
    let counts = guard.metrics().snapshot();
    assert_eq!((counts.accepted, counts.no_token, counts.bad_request, counts.insufficient_scope), (3, 5, 7, 1));
    assert_eq!(counts.refused(glowband_core::Class::Signature), 1);
}

#[tokio::test]
async fn a_guard_in_the_state_passes_all_common_cases_without_a_layer() {
    #[derive(Clone)]
    struct App {
        guard: Guard,
    }
    impl FromRef<App> for Guard {
        fn from_ref(app: &App) -> Self {
            app.guard.clone()
        }
    }
    async fn hello(Guarded(Claims(user)): Guarded<Claims<User>>) -> String {
        format!("Hello, {}", user.sub)
    }
    let app = Router::new().route("/", routing::get(hello)).with_state(App { guard: tokens::guard() });
    rows::all(serve(app).await).await;
}

#[tokio::test]
async fn a_route_can_require_a_further_scope() {
    let app = Router::new()
        .route("/", routing::get(hello).post(hello).route_layer(require_scope("orders:write profile")))
        .layer(tokens::guard());
    let server = serve(app).await;
    let reply = with(server, "/", &tokens::good()).await;
    let challenge = reply.header("www-authenticate").unwrap();
    assert_eq!(reply.status, 403);
    assert!(challenge.starts_with("Bearer realm=\"orders\"") && challenge.ends_with("scope=\"orders:write profile\""));
    let writer = tokens::with(json!({"scope": "profile orders:read orders:write"}));
    assert_eq!(with(server, "/", &writer).await.status, 200);
}

#[tokio::test]
async fn an_optional_guard_allows_a_missing_token_but_no_invalid_one() {
    let app = Router::new()
        .route("/", routing::get(optional))
        .route("/mine", routing::get(hello))
        .route("/scoped", routing::get(optional).route_layer(require_scope("profile")))
        .layer(tokens::guard().optional());
    let server = serve(app).await;
    assert_eq!(get(server, "/", &[]).await.body, "Hello, guest");
    assert_eq!(with(server, "/", &tokens::good()).await.body, "Hello, alice");
    assert_eq!(with(server, "/", &tokens::forged()).await.status, 401);
    assert_eq!(with(server, "/", &tokens::without_scope()).await.status, 403);
    assert_eq!(get(server, "/", &[("Authorization", "Bearer")]).await.status, 400);
    for path in ["/mine", "/scoped"] {
        let reply = get(server, path, &[]).await;
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer realm=\"orders\"")), "{path}");
    }
    assert_eq!(with(server, "/scoped", &tokens::good()).await.status, 200);
}

#[tokio::test]
async fn an_inner_guard_ignores_the_token_of_an_outer_guard() {
    let inner = tokens::guard().cookie("t").optional();
    let app = Router::new().route("/", routing::get(optional)).layer(inner).layer(tokens::guard());
    assert_eq!(with(serve(app).await, "/", &tokens::good()).await.body, "Hello, guest");
}

#[tokio::test]
async fn the_token_can_be_in_a_cookie() {
    let app = |guard| Router::new().route("/", routing::get(hello)).layer(guard);
    let token = tokens::good();
    let (cookie, bearer) = (format!("a=b; __Host-access={token}"), format!("Bearer {token}"));
    let (cookie, bearer) = (("Cookie", &*cookie), ("Authorization", &*bearer));
    let either = serve(app(tokens::guard().header_or_cookie("__Host-access"))).await;
    assert_eq!(get(either, "/", &[cookie]).await.status, 200);
    assert_eq!(get(either, "/", &[bearer]).await.status, 200);
    let reply = get(either, "/", &[bearer, cookie]).await;
    assert_eq!((reply.status, &reply.problem()["name"]), (400, &"header_and_cookie".into()));
    assert_eq!(get(either, "/", &[cookie, cookie]).await.problem()["name"], "several_cookies");
    let only = serve(app(tokens::guard().cookie("__Host-access"))).await;
    assert_eq!(get(only, "/", &[cookie]).await.status, 200);
    assert_eq!(get(only, "/", &[bearer]).await.status, 401);
}

#[tokio::test]
async fn extractors_without_a_guard_answer_500() {
    let app = Router::new()
        .route("/", routing::get(hello))
        .route("/perhaps", routing::get(optional))
        .route("/scoped", routing::get(|| async { "open" }).route_layer(require_scope("a")));
    let server = serve(app).await;
    for path in ["/", "/perhaps", "/scoped"] {
        let reply = with(server, path, &tokens::good()).await;
        assert_eq!((reply.status, reply.header("www-authenticate")), (500, None));
        assert_eq!(reply.problem()["name"], "guard_missing");
    }
}

#[tokio::test]
async fn claims_that_do_not_fit_the_handler_answer_500() {
    #[derive(serde::Deserialize)]
    struct Strict {
        #[expect(dead_code, reason = "never there")]
        email: String,
    }
    async fn strict(_: Claims<Strict>) {}
    let app =
        Router::new().route("/", routing::get(strict)).route("/scopes", routing::get(scopes)).layer(tokens::guard());
    let server = serve(app).await;
    let reply = with(server, "/", &tokens::good()).await;
    assert_eq!((reply.status, &reply.problem()["code"]), (500, &53.into()));
    assert_eq!(with(server, "/scopes", &tokens::good()).await.body, "orders:read,profile");
}

#[tokio::test]
async fn without_any_key_the_answer_is_503_with_retry_after() {
    let guard = tokens::guard_of(glowband_verify::KeySet::new());
    let server = serve(Router::new().route("/", routing::get(hello)).layer(guard)).await;
    let reply = with(server, "/", &tokens::good()).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("5")));
    assert_eq!(reply.header("www-authenticate"), None);
}

#[tokio::test]
async fn a_cross_site_request_with_a_cookie_is_refused() {
    let token = tokens::good();
    let cookie = format!("__Host-access={token}");
    let guard = tokens::guard().header_or_cookie("__Host-access").allow_origin("https://app.example");
    let app = Router::new().route("/", routing::get(|| async { "" }).post(|| async { "" })).layer(guard);
    let server = serve(app).await;
    let own = format!("http://{server}");
    for (site, status) in [
        (("Sec-Fetch-Site", "cross-site"), 403),
        (("Sec-Fetch-Site", "same-origin"), 200),
        (("Origin", "https://evil.example"), 403),
        (("Origin", "https://app.example"), 200),
        (("Origin", own.as_str()), 200),
        (("Accept", "*/*"), 403),
    ] {
        let reply = ask(server, "POST", "/", &[("Cookie", &cookie), site]).await;
        assert_eq!(reply.status, status, "{site:?}");
        let bearer = format!("Bearer {token}");
        let reply = ask(server, "POST", "/", &[("Authorization", &bearer), site]).await;
        assert_eq!(reply.status, 200, "other sites cannot set the header: {site:?}");
        assert_eq!(get(server, "/", &[("Cookie", &cookie), site]).await.status, 200, "{site:?}");
    }
}

#[tokio::test]
async fn a_grpc_content_type_does_not_turn_a_refusal_into_200() {
    let server = serve(open_to(tokens::guard())).await;
    for content_type in ["application/grpc", "application/grpc-web+proto"] {
        assert_eq!(get(server, "/", &[("Content-Type", content_type)]).await.status, 401, "{content_type}");
    }
}

#[tokio::test]
async fn a_scope_without_a_name_refuses_every_request() {
    let token = format!("Bearer {}", tokens::good());
    for guard in [tokens::guard().require_scope(""), tokens::guard().require_scope(" ").require_scope("read")] {
        let server = serve(open_to(guard)).await;
        assert_eq!(get(server, "/", &[("Authorization", &token)]).await.status, 500);
    }
    let route = Router::new().route("/", routing::get(|| async { "" }).route_layer(require_scope(" ")));
    let server = serve(route.layer(tokens::guard())).await;
    assert_eq!(get(server, "/", &[("Authorization", &token)]).await.status, 500);
}

/// A single route that accepts every token that the guard accepts.
fn open_to(guard: Guard) -> Router {
    Router::new().route("/", routing::get(|| async { "" })).layer(guard)
}
