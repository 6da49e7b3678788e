//! The future of a guarded service.

use super::body::GuardBody;
use super::{refuse, service::insert_extensions};
use crate::guard::{Guard, Verdict};
use crate::rejection::Rejection;
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower_service::Service;

pin_project! {
    /// The future of a [`GuardService`](super::GuardService). It allocates only if a token's key must be fetched.
    pub struct GuardFuture<S, B, R>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, S::Future, B, R>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, F, B, R> {
        Inner { #[pin] future: F },
        Refused { response: Option<Response<GuardBody<R>>> },
        Waiting { wait: Option<Box<Wait<S, B>>> },
    }
}

/// Boxed, so that the future stays small for requests that do not wait.
struct Wait<S, B> {
    guard: Guard,
    /// `None` after the request was accepted.
    verdict: Option<Pin<Box<dyn Future<Output = Verdict> + Send>>>,
    /// Not ready yet: a request that may be rejected must not reserve capacity of the inner service.
    service: S,
    request: Request<B>,
}

impl<S, B, R> GuardFuture<S, B, R>
where
    S: Service<Request<B>>,
{
    pub(super) fn inner(future: S::Future) -> Self {
        Self { state: State::Inner { future } }
    }

    pub(super) fn refused(guard: &Guard, rejection: Rejection, request: &Request<B>) -> Self {
        let response = refuse(&guard.deny(rejection), request);
        Self { state: State::Refused { response: Some(response) } }
    }

    pub(super) fn waiting(
        guard: Guard,
        verdict: Pin<Box<dyn Future<Output = Verdict> + Send>>,
        service: S,
        request: Request<B>,
    ) -> Self {
        let wait = Wait { guard, verdict: Some(verdict), service, request };
        Self { state: State::Waiting { wait: Some(Box::new(wait)) } }
    }
}

impl<S, B, R> Future for GuardFuture<S, B, R>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Output = Result<Response<GuardBody<R>>, S::Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let mut state = self.as_mut().project().state;
            let next = match state.as_mut().project() {
                StateProjection::Inner { future } => {
                    let response = ready!(future.poll(context))?;
                    return Poll::Ready(Ok(response.map(GuardBody::inner)));
                }
                StateProjection::Refused { response } => match response.take() {
                    Some(response) => return Poll::Ready(Ok(response)),
                    // Polled after completion, which the contract of `Future` forbids.
                    None => return Poll::Pending,
                },
                StateProjection::Waiting { wait: slot } => {
                    let Some(wait) = slot else {
                        return Poll::Pending;
                    };
                    if let Some(verdict) = &mut wait.verdict {
                        match ready!(verdict.as_mut().poll(context)) {
                            Ok(token) => insert_extensions(&wait.guard, token, wait.request.extensions_mut()),
                            Err(rejection) => {
                                let response = refuse(&wait.guard.deny(rejection), &wait.request);
                                return Poll::Ready(Ok(response));
                            }
                        }
                        wait.verdict = None;
                    }
                    ready!(wait.service.poll_ready(context))?;
                    let Some(wait) = slot.take() else {
                        return Poll::Pending;
                    };
                    let Wait { mut service, request, .. } = *wait;
                    State::Inner { future: service.call(request) }
                }
            };
            state.set(next);
        }
    }
}

impl<S, B, R> fmt::Debug for GuardFuture<S, B, R>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardFuture").finish_non_exhaustive()
    }
}
