//! Public documents of the issuer: its keys and its metadata.

use super::answers::Unavailable;
use super::problem::Problem;
use super::published::Published;
use super::scope::{EMAIL, OPENID};
use super::state::Api;
use crate::state::wall_clock;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// A set of public keys (RFC 7517 §5).
#[derive(ToSchema)]
#[schema(as = Jwks)]
#[allow(dead_code)]
pub(super) struct Jwks {
    keys: Vec<Jwk>,
}

/// One public key (RFC 7517 §4). Its other members depend on `kty`.
#[derive(ToSchema)]
#[allow(dead_code)]
struct Jwk {
    kty: String,
    kid: String,
    alg: String,
    #[schema(rename = "use")]
    purpose: String,
}

/// Get the public keys that verify access tokens and ID tokens
///
/// Contains the current key, the next key, and earlier keys until all their tokens have expired. Clients may cache the
/// response as long as `Cache-Control` allows, because a key is published that long before it is used.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "Issuer",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of a cached copy.")),
    responses(
        (status = 200, description = "The keys.", body = Jwks, content_type = "application/jwk-set+json",
            headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "The cached copy is current."),
        (status = 503, response = Unavailable),
    )
)]
pub(super) async fn jwks(State(api): State<Api>, asked: HeaderMap) -> Response {
    let document = api.issuer_keys.jwks(wall_clock());
    let media_type = glowband_issue::JwksDocument::CONTENT_TYPE;
    Published::new(document.json().to_owned(), media_type, &document.cache_control()).answer(&asked)
}

/// The metadata of this issuer (OpenID Connect Discovery 1.0 §3, RFC 8414 §2).
#[derive(Serialize, ToSchema)]
#[schema(as = IssuerMetadata)]
pub(super) struct Metadata {
    issuer: String,
    jwks_uri: String,
    introspection_endpoint: String,
    introspection_endpoint_auth_methods_supported: [&'static str; 1],
    revocation_endpoint: String,
    revocation_endpoint_auth_methods_supported: [&'static str; 2],
    service_documentation: String,
    scopes_supported: Vec<String>,
    /// Always empty, because this server has no authorization endpoint. The standards give a missing list another meaning.
    response_types_supported: [&'static str; 0],
    /// Always empty, because users log in at `POST /auth/login`, which is not an OAuth grant.
    grant_types_supported: [&'static str; 0],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    claims_supported: [&'static str; 11],
}

/// Get the issuer's metadata, for OpenID Connect
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "Issuer",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of a cached copy.")),
    responses(
        (status = 200, description = "The metadata.", body = Metadata,
            headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "The cached copy is current."),
        (status = 503, response = Unavailable),
    )
)]
pub(super) async fn openid_configuration(State(api): State<Api>, asked: HeaderMap) -> Result<Response, Problem> {
    metadata(&api, &asked)
}

/// Get the issuer's metadata, for OAuth
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    tag = "Issuer",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of a cached copy.")),
    responses(
        (status = 200, description = "The metadata.", body = Metadata,
            headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "The cached copy is current."),
        (status = 503, response = Unavailable),
    )
)]
pub(super) async fn oauth_authorization_server(State(api): State<Api>, asked: HeaderMap) -> Result<Response, Problem> {
    metadata(&api, &asked)
}

fn metadata(api: &Api, asked: &HeaderMap) -> Result<Response, Problem> {
    let now = wall_clock();
    let url = |path: &str| format!("{}{path}", api.public_url);
    let mut scopes = vec![OPENID.to_owned(), EMAIL.to_owned()];
    scopes.extend(api.settings.scopes.iter().filter(|name| *name != OPENID && *name != EMAIL).cloned());
    let metadata = Metadata {
        issuer: api.public_url.to_string(),
        jwks_uri: url("/.well-known/jwks.json"),
        introspection_endpoint: url("/oauth/introspect"),
        introspection_endpoint_auth_methods_supported: ["client_secret_basic"],
        revocation_endpoint: url("/oauth/revoke"),
        revocation_endpoint_auth_methods_supported: ["none", "client_secret_basic"],
        service_documentation: url("/docs"),
        scopes_supported: scopes,
        response_types_supported: [],
        grant_types_supported: [],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: [api.issuer_keys.signer(now)?.algorithm().name()],
        claims_supported: [
            "iss",
            "sub",
            "aud",
            "iat",
            "exp",
            "auth_time",
            "nonce",
            "at_hash",
            "sid",
            "email",
            "email_verified",
        ],
    };
    let json = serde_json::to_vec(&metadata).map_err(|_| Problem::internal())?;
    let cache_control = api.issuer_keys.jwks(now).cache_control();
    Ok(Published::new(json, "application/json", &cache_control).answer(asked))
}
