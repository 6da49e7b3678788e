//! Required scopes of single routes behind a guard.

use super::body::GuardBody;
use super::refuse;
use crate::guard_extensions::GuardExtensions;
use crate::rejection::Denial;
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower_layer::Layer;
use tower_service::Service;

/// Returns a layer for routes that require more scopes than their guard; several are separated by spaces.
///
/// The layer belongs inside the guard. In axum, use `.route_layer(require_scope("orders:write"))` on the method router
/// or `.layer(require_scope(…))` on an inner router, and `.layer(guard)` around them. A request without a token behind
/// an optional guard is answered 401. A route without a guard, or a scope without a name, is answered 500.
pub fn require_scope(scope: &str) -> RequireScope {
    let needed: Vec<&str> = scope.split_ascii_whitespace().collect();
    RequireScope { needed: needed.join(" ").into() }
}

/// The layer that [`require_scope`] returns.
#[derive(Clone, Debug)]
pub struct RequireScope {
    needed: Arc<str>,
}

/// A service that requires scopes.
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
        let state = match allowed(&GuardExtensions::from_extensions(request.extensions()), &self.needed) {
            Ok(()) => State::Inner { future: self.inner.call(request) },
            Err(denial) => State::Refused { response: Some(refuse(&denial, &request)) },
        };
        ScopeFuture { state }
    }
}

fn allowed(extensions: &GuardExtensions<'_>, needed: &Arc<str>) -> Result<(), Denial> {
    let (guard, token) = extensions.guard_and_token()?;
    guard.check_scopes(token, needed).map_err(|rejection| guard.deny(rejection))
}

pin_project! {
    /// The future of a [`ScopeService`].
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
