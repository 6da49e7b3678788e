//! The actix-web middleware.

use crate::guard::{Decision, Guard};
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpMessage as _, HttpResponse};
use glowband_verify::VerifiedToken;
use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

/// Forwards the requests that a [`Guard`] accepts and answers all others itself.
#[derive(Clone, Debug)]
pub struct GuardMiddleware {
    guard: Guard,
}

impl GuardMiddleware {
    /// Wraps services in this guard.
    pub fn new(guard: Guard) -> Self {
        Self { guard }
    }
}

impl<S, B> Transform<S, ServiceRequest> for GuardMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = GuardMiddlewareService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(GuardMiddlewareService { guard: self.guard.clone(), service: Rc::new(service) }))
    }
}

/// A service behind a [`Guard`].
pub struct GuardMiddlewareService<S> {
    guard: Guard,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for GuardMiddlewareService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let guard = self.guard.clone();
        match guard.decide(&request) {
            Decision::Made(Ok(token)) => {
                insert_extensions(&guard, token, &request);
                let future = self.service.call(request);
                Box::pin(async move { Ok(future.await?.map_into_left_body()) })
            }
            Decision::Made(Err(rejection)) => {
                let response = HttpResponse::from(guard.deny(rejection).answer());
                Box::pin(ready(Ok(request.into_response(response).map_into_right_body())))
            }
            Decision::NeedsKeys(token) => {
                let service = Rc::clone(&self.service);
                Box::pin(async move {
                    match guard.decide_after_fetch(&token).await {
                        Ok(token) => {
                            insert_extensions(&guard, token, &request);
                            Ok(service.call(request).await?.map_into_left_body())
                        }
                        Err(rejection) => {
                            let response = HttpResponse::from(guard.deny(rejection).answer());
                            Ok(request.into_response(response).map_into_right_body())
                        }
                    }
                })
            }
        }
    }
}

/// Stores the guard and its token in the request and removes the token of an outer guard.
fn insert_extensions(guard: &Guard, token: Option<VerifiedToken>, request: &ServiceRequest) {
    let mut extensions = request.extensions_mut();
    match token {
        Some(token) => drop(extensions.insert(token)),
        None => drop(extensions.remove::<VerifiedToken>()),
    }
    extensions.insert(guard.clone());
}

impl<S> fmt::Debug for GuardMiddlewareService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardMiddlewareService").field("guard", &self.guard).finish_non_exhaustive()
    }
}
