//! What handlers ask for: the token, or its claims as a type of their own.

use crate::passed::Passed;
use crate::rejection::Denial;
use glowband_verify::VerifiedToken;
use serde::de::DeserializeOwned;

/// The claims of the request's token as the handler's own type: an extractor of axum and of actix-web.
///
/// A request without a token is answered 401. Claims that do not fit `T` are answered 500 (`claims_unfit`): the token is
/// good, and it is this server that asks for what its issuer does not say. Make claims that only some tokens have an
/// `Option`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims<T>(pub T);

/// As [`Claims`], or `None` for a request without a token, which an [optional](crate::Guard::optional) guard lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionalClaims<T>(pub Option<T>);

/// The request's token itself: an extractor of axum and of actix-web.
#[derive(Clone, Debug)]
pub struct Token(pub VerifiedToken);

impl Passed<'_> {
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Result<Claims<T>, Denial> {
        let (_, token) = self.both()?;
        token.claims().map(Claims).map_err(|refusal| self.deny(refusal.into()))
    }

    pub(crate) fn optional_claims<T: DeserializeOwned>(&self) -> Result<OptionalClaims<T>, Denial> {
        if self.guard.is_some() && self.token.is_none() {
            return Ok(OptionalClaims(None));
        }
        self.claims().map(|Claims(claims)| OptionalClaims(Some(claims)))
    }

    pub(crate) fn owned_token(&self) -> Result<Token, Denial> {
        self.both().map(|(_, token)| Token(token.clone()))
    }
}
