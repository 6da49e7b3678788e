//! A service behind a guard.

use super::body::GuardBody;
use super::future::GuardFuture;
use crate::guard::{Decision, Guard};
use glowband_verify::VerifiedToken;
use http::{Extensions, Request, Response};
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Forwards the requests that a [`Guard`] accepts and answers all others itself.
#[derive(Clone, Debug)]
pub struct GuardService<S> {
    guard: Guard,
    inner: S,
}

impl<S> Layer<S> for Guard {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService { guard: self.clone(), inner }
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
        match self.guard.decide(&request) {
            Decision::Made(Ok(token)) => {
                insert_extensions(&self.guard, token, request.extensions_mut());
                GuardFuture::inner(self.inner.call(request))
            }
            Decision::Made(Err(rejection)) => GuardFuture::refused(&self.guard, rejection, &request),
            Decision::NeedsKeys(token) => {
                let guard = self.guard.clone();
                let verdict = Box::pin(async move { guard.decide_after_fetch(&token).await });
                GuardFuture::waiting(self.guard.clone(), verdict, self.inner.clone(), request)
            }
        }
    }
}

/// Stores the guard and its token in the request and removes the token of an outer guard.
pub(crate) fn insert_extensions(guard: &Guard, token: Option<VerifiedToken>, extensions: &mut Extensions) {
    match token {
        Some(token) => drop(extensions.insert(token)),
        None => drop(extensions.remove::<VerifiedToken>()),
    }
    extensions.insert(guard.clone());
}
