//! A request waits for the key of its token.

use crate::tokens;
use glowband_verify::KeySet;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};
use std::convert::Infallible;
use tower::{Layer as _, Service as _, ServiceExt as _, service_fn};

#[tokio::test]
async fn a_key_that_arrives_during_the_wait_is_used() {
    let guard = tokens::guard_of(KeySet::new());
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(Full::new(Bytes::new()))) });
    let mut service = guard.layer(inner);
    let request =
        || Request::get("/").header("authorization", format!("Bearer {}", tokens::good())).body(()).expect("a request");

    let early = service.ready().await.unwrap().call(request()).await.unwrap();
    assert_eq!(early.status(), 503);

    let waiting = service.ready().await.unwrap().call(request());
    guard.verifier().keys().replace(tokens::keys());
    assert_eq!(waiting.await.unwrap().status(), 200);

    let counts = guard.metrics().snapshot();
    assert_eq!((counts.accepted, counts.keys_unavailable), (1, 1), "each request is counted once");
}

#[test]
fn futures_can_move_between_threads() {
    fn sent<F: Send>(_: &F) {}
    let guard = tokens::guard();
    sent(&guard.authenticate(&[("a", "b")][..]));
    let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(Full::new(Bytes::new()))) });
    sent(&guard.layer(inner).call(Request::new(())));
}
