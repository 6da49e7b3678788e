//! Reads the form of an OAuth request and authenticates the service client.

use super::error::OAuthError;
use crate::api::json_body::{collected, expect_type};
use crate::api::pairs::{Fault, Pairs};
use crate::api::service_client::{self, ClientAuth};
use crate::api::state::Api;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use zeroize::Zeroizing;

const FORM: &str = "application/x-www-form-urlencoded";
/// The longest accepted token, in bytes.
pub(super) const LONGEST: usize = 8192;

/// The token in a request with an optional credential.
pub(in crate::api) struct AskedToken(pub(super) Zeroizing<String>);

/// The token in a request with the credential of a service client.
pub(in crate::api) struct ServiceClientToken(pub(super) Zeroizing<String>);

impl FromRequest<Api> for ServiceClientToken {
    type Rejection = OAuthError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, OAuthError> {
        // The credential is checked first: other clients must not learn what else is wrong.
        match service_client::authenticate(request.headers(), &api.settings.callers) {
            ClientAuth::Known(_) => {}
            ClientAuth::Nothing => {
                return Err(OAuthError::invalid_client(
                    "The credential is missing. Send the id and the secret of a service client (setting callers) with HTTP Basic.",
                ));
            }
            ClientAuth::Wrong => {
                return Err(OAuthError::invalid_client(
                    "The credential is wrong: no service client (setting callers) has this id and this secret.",
                ));
            }
        }
        token(request).await.map(Self)
    }
}

impl FromRequest<Api> for AskedToken {
    type Rejection = OAuthError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, OAuthError> {
        // Public clients have no credential. A credential that is sent must be right (RFC 7009 §2.1).
        if service_client::authenticate(request.headers(), &api.settings.callers) == ClientAuth::Wrong {
            return Err(OAuthError::invalid_client(
                "The credential is wrong: no service client (setting callers) has this id and this secret.",
            ));
        }
        token(request).await.map(Self)
    }
}

async fn token(request: Request) -> Result<Zeroizing<String>, OAuthError> {
    let (head, body) = request.into_parts();
    // RFC 6749 §5.2 has the status 400 for all invalid requests. Bodies that are too large keep their 413.
    expect_type(&head.headers, FORM).map_err(|problem| problem.with_status(StatusCode::BAD_REQUEST))?;
    let body = collected(&head.headers, body).await?;
    let pairs = Pairs::read(&body).map_err(|fault| {
        OAuthError::invalid_request(match fault {
            Fault::Encoding => "The body must be application/x-www-form-urlencoded in UTF-8.",
            Fault::TooMany => "The body has too many parameters; allowed: at most 32.",
        })
    })?;
    // Parameters must not be repeated, and unknown parameters are ignored (RFC 6749 §3.2).
    for name in ["token", "token_type_hint"] {
        if pairs.only(name).is_err() {
            return Err(OAuthError::invalid_request(format!("{name} occurs more than once in the body.")));
        }
    }
    match pairs.only("token") {
        Ok(Some(token)) if !token.is_empty() && token.len() <= LONGEST => Ok(Zeroizing::new(token.to_owned())),
        Ok(Some(_)) => {
            Err(OAuthError::invalid_request(format!("token has an invalid length; allowed: 1 to {LONGEST} bytes.")))
        }
        _ => Err(OAuthError::invalid_request("token is missing.")),
    }
}
