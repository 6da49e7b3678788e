//! The route behind our guard: each algorithm, anew and from the cache.

use crate::server::hello;
use axum::Router;
use axum::routing::get;
use glowband_bench::tokens::{AUDIENCE, ES256_PUBLIC_JWK, ISSUER, SECRET};
use glowband_http::Guard;
use glowband_verify::{HostVerifier, KeyReader, KeySet, OwnedPolicy};

pub fn all() -> Router {
    let hs256 = || verifier(KeyReader::new().secret(SECRET).expect("the secret is long enough"));
    let es256 = || verifier(KeyReader::new().parse(ES256_PUBLIC_JWK.as_bytes()).expect("the point is on the curve"));
    Router::new()
        .route("/hs256", get(hello).layer(Guard::new(hs256())))
        .route("/hs256-cached", get(hello).layer(Guard::new(hs256().cache(8 << 20))))
        .route("/es256", get(hello).layer(Guard::new(es256())))
        .route("/es256-cached", get(hello).layer(Guard::new(es256().cache(8 << 20))))
}

fn verifier(keys: KeySet) -> HostVerifier {
    HostVerifier::new(keys, OwnedPolicy::issuer(ISSUER).audience(AUDIENCE))
}
