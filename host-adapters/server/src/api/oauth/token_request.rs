//! The form of a request in OAuth's manner, and who sends it.

use super::error::OAuthError;
use crate::api::json_body::{collected, expect_type};
use crate::api::pairs::{Fault, Pairs};
use crate::api::service_client::{self, ClientAuth};
use crate::api::state::Api;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use zeroize::Zeroizing;

const FORM: &str = "application/x-www-form-urlencoded";
/// The longest token that is looked at, in bytes.
pub(super) const LONGEST: usize = 8192;

/// The token that a request is about.
pub(in crate::api) struct AskedToken(pub(super) Zeroizing<String>);

/// The same, from a caller with a credential.
pub(in crate::api) struct ServiceClientToken(pub(super) Zeroizing<String>);

impl FromRequest<Api> for ServiceClientToken {
    type Rejection = OAuthError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, OAuthError> {
        // Who asks comes first: nobody else is told what is wrong with the rest.
        match service_client::authenticate(request.headers(), &api.settings.callers) {
            ClientAuth::Known(_) => {}
            ClientAuth::Nothing => {
                return Err(OAuthError::invalid_client(
                    "The request must have the credential of a caller, by HTTP Basic.",
                ));
            }
            ClientAuth::Wrong => return Err(OAuthError::invalid_client("The credential is not one of a caller.")),
        }
        token(request).await.map(Self)
    }
}

impl FromRequest<Api> for AskedToken {
    type Rejection = OAuthError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, OAuthError> {
        // A public client has no credential; one that shows some must be right (RFC 7009 §2.1).
        if service_client::authenticate(request.headers(), &api.settings.callers) == ClientAuth::Wrong {
            return Err(OAuthError::invalid_client("The credential is not one of a caller."));
        }
        token(request).await.map(Self)
    }
}

async fn token(request: Request) -> Result<Zeroizing<String>, OAuthError> {
    let (head, body) = request.into_parts();
    // RFC 6749 §5.2 has one status for whatever is wrong with a request; a body that is too large has its own.
    expect_type(&head.headers, FORM).map_err(|problem| problem.with_status(StatusCode::BAD_REQUEST))?;
    let body = collected(&head.headers, body).await?;
    let pairs = Pairs::read(&body).map_err(|fault| {
        OAuthError::invalid_request(match fault {
            Fault::Encoding => "The body is not application/x-www-form-urlencoded in UTF-8.",
            Fault::TooMany => "The body has too many parameters.",
        })
    })?;
    // No parameter may be there twice (RFC 6749 §3.2); those that nobody knows are passed over.
    for name in ["token", "token_type_hint"] {
        if pairs.only(name).is_err() {
            return Err(OAuthError::invalid_request(format!("{name} is there more than once.")));
        }
    }
    match pairs.only("token") {
        Ok(Some(token)) if !token.is_empty() && token.len() <= LONGEST => Ok(Zeroizing::new(token.to_owned())),
        Ok(Some(_)) => Err(OAuthError::invalid_request(format!("token must have 1 to {LONGEST} bytes."))),
        _ => Err(OAuthError::invalid_request("token is missing.")),
    }
}
