//! The guard and the token in a request's extensions.

use crate::guard::Guard;
use crate::observe;
use crate::rejection::{Denial, Rejection, SetupFault};
use glowband_verify::VerifiedToken;

/// The two extensions of a request that a guard has accepted.
pub(crate) struct GuardExtensions<'r> {
    /// The guard; `None` if the request did not pass through one.
    pub(crate) guard: Option<&'r Guard>,
    /// The token; `None` if the guard is optional and the request has none.
    pub(crate) token: Option<&'r VerifiedToken>,
}

#[cfg(feature = "tower")]
impl<'r> GuardExtensions<'r> {
    pub(crate) fn from_extensions(extensions: &'r http::Extensions) -> Self {
        Self { guard: extensions.get(), token: extensions.get() }
    }
}

impl GuardExtensions<'_> {
    /// Returns the guard and the token. A missing token is refused with 401, a missing guard with 500.
    pub(crate) fn guard_and_token(&self) -> Result<(&Guard, &VerifiedToken), Denial> {
        match (self.guard, self.token) {
            (Some(guard), Some(token)) => Ok((guard, token)),
            (Some(_), None) => Err(self.deny(Rejection::NoToken)),
            (None, _) => Err(self.deny(Rejection::Setup(SetupFault::GuardMissing))),
        }
    }

    /// Returns the answer to a rejection, and counts (if there is a guard) and logs it.
    pub(crate) fn deny(&self, rejection: Rejection) -> Denial {
        match self.guard {
            Some(guard) => {
                guard.record_rejection(&rejection);
                guard.deny(rejection)
            }
            None => {
                observe::rejected(&rejection);
                rejection.into()
            }
        }
    }
}
