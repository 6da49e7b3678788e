//! Scopes for single routes, within a guard.

use super::body::GuardBody;
use super::refuse;
use crate::passed::Passed;
use crate::rejection::Denial;
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower_layer::Layer;
use tower_service::Service;

/// A layer for routes that need more than their guard asks for: this scope, or several with spaces between them.
///
/// Goes inside of the guard. In axum that is `.route_layer(require_scope("orders:write"))` on the method router, or
/// `.layer(require_scope(…))` on an inner router, and `.layer(guard)` around them. A request without a token, before an
/// optional guard, is answered 401; a route that no guard looks at, or that needs a scope without a name, 500.
pub fn require_scope(scope: &str) -> RequireScope {
    let needed: Vec<&str> = scope.split_ascii_whitespace().collect();
    RequireScope { needed: needed.join(" ").into() }
}

/// What [`require_scope`] makes.
#[derive(Clone, Debug)]
pub struct RequireScope {
    needed: Arc<str>,
}

/// A service that needs a scope.
#[derive(Clone, Debug)]
pub struct ScopeService<S> {
    needed: Arc<str>,
    inner: S,
}

impl<S> Layer<S> for RequireScope {
    type Service = ScopeService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ScopeService { needed: Arc::clone(&self.needed), inner }
    }
}

impl<S, B, R> Service<Request<B>> for ScopeService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<GuardBody<R>>;
    type Error = S::Error;
    type Future = ScopeFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let state = match allowed(&Passed::of(request.extensions()), &self.needed) {
            Ok(()) => State::Inner { future: self.inner.call(request) },
            Err(denial) => State::Refused { response: Some(refuse(&denial, &request)) },
        };
        ScopeFuture { state }
    }
}

fn allowed(passed: &Passed<'_>, needed: &Arc<str>) -> Result<(), Denial> {
    let (guard, token) = passed.both()?;
    guard.check_scopes(token, needed).map_err(|rejection| guard.deny(rejection))
}

pin_project! {
    /// What a [`ScopeService`] returns.
    #[derive(Debug)]
    pub struct ScopeFuture<F, R> {
        #[pin]
        state: State<F, R>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = StateProjection]
    enum State<F, R> {
        Inner { #[pin] future: F },
        Refused { response: Option<Response<GuardBody<R>>> },
    }
}

impl<F, R, E> Future for ScopeFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<GuardBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Inner { future } => {
                let response = ready!(future.poll(context))?;
                Poll::Ready(Ok(response.map(GuardBody::inner)))
            }
            StateProjection::Refused { response } => response.take().map_or(Poll::Pending, |it| Poll::Ready(Ok(it))),
        }
    }
}
