//! A service behind a guard.

use super::body::GuardBody;
use super::future::GuardFuture;
use crate::guard::{Guard, Look};
use glowband_verify::VerifiedToken;
use http::{Extensions, Request, Response};
use std::task::{Context, Poll};
use tower_service::Service;

/// Hands on the requests that a [`Guard`] lets through, and answers the others.
#[derive(Clone, Debug)]
pub struct GuardService<S> {
    guard: Guard,
    inner: S,
}

impl<S> GuardService<S> {
    pub(super) fn new(guard: Guard, inner: S) -> Self {
        Self { guard, inner }
    }
}

impl<S, B, R> Service<Request<B>> for GuardService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
{
    type Response = Response<GuardBody<R>>;
    type Error = S::Error;
    type Future = GuardFuture<S, B, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.guard.look(&request) {
            Look::Settled(Ok(token)) => {
                leave(&self.guard, token, request.extensions_mut());
                GuardFuture::inner(self.inner.call(request))
            }
            Look::Settled(Err(rejection)) => GuardFuture::refused(&self.guard, rejection, &request),
            Look::Unknown(token) => {
                let guard = self.guard.clone();
                let verdict = Box::pin(async move { guard.fetch(&token).await });
                GuardFuture::waiting(self.guard.clone(), verdict, self.inner.clone(), request)
            }
        }
    }
}

/// Leaves in the request what the guard found, and nothing that another guard found before.
pub(crate) fn leave(guard: &Guard, token: Option<VerifiedToken>, extensions: &mut Extensions) {
    match token {
        Some(token) => drop(extensions.insert(token)),
        None => drop(extensions.remove::<VerifiedToken>()),
    }
    extensions.insert(guard.clone());
}
