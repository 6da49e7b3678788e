//! CORS: closed, unless origins are allowed.

use crate::api::client_mode::Origins;
use crate::api::cors;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use tower::ServiceExt as _;

async fn asked(allowed: &[&str], method: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let allowed: Vec<String> = allowed.iter().map(|origin| (*origin).to_owned()).collect();
    let origins = Origins::new("https://id.example", &allowed);
    let routes = Router::new().route("/", post(|| async { "done" })).layer(from_fn_with_state(origins, cors::layer));
    let request = Request::builder().method(method).uri("/");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn cors_headers(response: &Response<Body>) -> Vec<(&str, &str)> {
    let headers = response.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    headers.filter(|(name, _)| name.starts_with("access-control-")).collect()
}

const APP: &str = "https://app.example";
const METHOD: (&str, &str) = ("access-control-request-method", "POST");

#[tokio::test]
async fn without_allowed_origins_no_cors_header_is_ever_sent() {
    for origin in ["https://id.example", APP, "null", "*"] {
        for method in ["OPTIONS", "POST", "GET"] {
            let response = asked(&[], method, &[("origin", origin), METHOD]).await;
            assert_eq!(cors_headers(&response), [], "{method} {origin}");
        }
    }
    assert_eq!(asked(&[], "OPTIONS", &[("origin", APP), METHOD]).await.status(), 405);
}

#[tokio::test]
async fn an_allowed_origin_may_ask_and_read() {
    let response = asked(&[APP], "OPTIONS", &[("origin", APP), METHOD]).await;
    assert_eq!(response.status(), 204);
    let mut told = cors_headers(&response);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-headers", "authorization, content-type, glowband-client"),
            ("access-control-allow-methods", "GET, POST, DELETE"),
            ("access-control-allow-origin", APP),
            ("access-control-expose-headers", "retry-after, www-authenticate, x-request-id"),
            ("access-control-max-age", "600"),
        ]
    );
    let response = asked(&[APP], "POST", &[("origin", APP)]).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["access-control-allow-origin"]),
        (200, &APP.parse().unwrap())
    );
    assert_eq!(response.headers()["vary"], "Origin");
}

#[tokio::test]
async fn other_origins_get_nothing_and_caches_are_told() {
    for origin in
        ["https://evil.example", "https://app.example.evil", "http://app.example", "null", "*", "https://id.example"]
    {
        for method in ["OPTIONS", "POST"] {
            let response = asked(&[APP], method, &[("origin", origin), METHOD]).await;
            assert_eq!(cors_headers(&response), [], "{method} {origin}");
            assert_eq!(response.headers()["vary"], "Origin");
        }
    }
    let plain = asked(&[APP], "POST", &[]).await;
    assert_eq!((cors_headers(&plain), &plain.headers()["vary"]), (vec![], &"Origin".parse().unwrap()));
}
