//! The endpoint that reverse proxies ask.

use crate::answer::Answer;
use crate::forward_auth::decide;
use crate::guard::Guard;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::any;
use http::request::Parts;

pub(crate) fn forward_auth_router(guard: Guard) -> Router {
    Router::new().route("/auth", any(answer)).with_state(guard)
}

async fn answer(State(guard): State<Guard>, RawQuery(query): RawQuery, question: Parts) -> Answer {
    decide(&guard, &question, query.as_deref()).await
}
