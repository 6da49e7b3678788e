//! The arguments of handlers: the verified token, or its claims as a type of the application.

use crate::guard_extensions::GuardExtensions;
use crate::rejection::Denial;
use glowband_verify::VerifiedToken;
use serde::de::DeserializeOwned;

/// The claims of the request's token as a type of the application: an extractor for axum and actix-web.
///
/// A request without a token is answered 401. If the claims do not deserialize to `T`, the answer is 500
/// (`claims_unfit`): the token is valid, but its issuer does not send what the handler requires. Use `Option` for
/// claims that only some tokens have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims<T>(pub T);

/// Like [`Claims`], but `None` for a request without a token, which an [optional](crate::Guard::optional) guard allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionalClaims<T>(pub Option<T>);

/// The verified token of the request: an extractor for axum and actix-web.
#[derive(Clone, Debug)]
pub struct Token(pub VerifiedToken);

impl GuardExtensions<'_> {
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Result<Claims<T>, Denial> {
        let (_, token) = self.guard_and_token()?;
        token.claims().map(Claims).map_err(|refusal| self.deny(refusal.into()))
    }

    pub(crate) fn optional_claims<T: DeserializeOwned>(&self) -> Result<OptionalClaims<T>, Denial> {
        if self.guard.is_some() && self.token.is_none() {
            return Ok(OptionalClaims(None));
        }
        self.claims().map(|Claims(claims)| OptionalClaims(Some(claims)))
    }

    pub(crate) fn owned_token(&self) -> Result<Token, Denial> {
        self.guard_and_token().map(|(_, token)| Token(token.clone()))
    }
}
