//! What a guard left in a request's extensions.

use crate::guard::Guard;
use crate::observe;
use crate::rejection::{Denial, Rejection, SetupFault};
use glowband_verify::VerifiedToken;

/// The two extensions of a request that a guard let through.
pub(crate) struct Passed<'r> {
    /// The guard; `None` if none looked at the request.
    pub(crate) guard: Option<&'r Guard>,
    /// The token; `None` if the guard is optional and the request brought none.
    pub(crate) token: Option<&'r VerifiedToken>,
}

#[cfg(feature = "tower")]
impl<'r> Passed<'r> {
    pub(crate) fn of(extensions: &'r http::Extensions) -> Self {
        Self { guard: extensions.get(), token: extensions.get() }
    }
}

impl Passed<'_> {
    /// Both; no token where one is needed is the client's fault, no guard is ours.
    pub(crate) fn both(&self) -> Result<(&Guard, &VerifiedToken), Denial> {
        match (self.guard, self.token) {
            (Some(guard), Some(token)) => Ok((guard, token)),
            (Some(_), None) => Err(self.deny(Rejection::NoToken)),
            (None, _) => Err(self.deny(Rejection::Setup(SetupFault::GuardMissing))),
        }
    }

    /// Counts and traces the rejection, as far as there is a guard to count.
    pub(crate) fn deny(&self, rejection: Rejection) -> Denial {
        match self.guard {
            Some(guard) => {
                guard.note(&rejection);
                guard.deny(rejection)
            }
            None => {
                observe::rejected(&rejection);
                rejection.into()
            }
        }
    }
}
