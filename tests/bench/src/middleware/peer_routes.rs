//! The same route behind others: a middleware around jsonwebtoken as one writes it, and a crate that is one.

use crate::server::hello;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use axum_jwt_auth::{Claims, Decoder, LocalDecoder};
use glowband_bench::peer::validation;
use glowband_bench::tokens::{self, AUDIENCE, ISSUER, OwnedClaims, SECRET};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use std::sync::Arc;

pub fn all() -> Router {
    let point = tokens::es256_pair().public_point;
    let hs256 = Peer { key: DecodingKey::from_secret(SECRET), validation: validation(Algorithm::HS256) };
    let es256 = Peer { key: DecodingKey::from_ec_der(&point), validation: validation(Algorithm::ES256) };
    Router::new()
        .route("/jsonwebtoken-hs256", get(hello).layer(from_fn_with_state(Arc::new(hs256), verify)))
        .route("/jsonwebtoken-es256", get(hello).layer(from_fn_with_state(Arc::new(es256), verify)))
        .merge(axum_jwt_auth())
}

/// Made once.
struct Peer {
    key: DecodingKey,
    validation: Validation,
}

async fn verify(State(peer): State<Arc<Peer>>, mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
    let decoded = decode::<OwnedClaims>(token, &peer.key, &peer.validation).map_err(|_| StatusCode::UNAUTHORIZED)?;
    request.extensions_mut().insert(Arc::new(decoded.claims));
    Ok(next.run(request).await)
}

/// An extractor, which is how that crate is used.
fn axum_jwt_auth() -> Router {
    use jsonwebtoken_10::{Algorithm, DecodingKey, Validation};
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = 0;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    let decoder = LocalDecoder::new(vec![DecodingKey::from_secret(SECRET)], validation);
    let decoder: Decoder<OwnedClaims> = Arc::new(decoder.expect("it has a key and an audience"));
    let handler = |_: Claims<OwnedClaims>| hello();
    Router::new().route("/axum-jwt-auth-hs256", get(handler)).with_state(decoder)
}
