//! The endpoint for the subrequests of reverse proxies.

use crate::answer::Answer;
use crate::forward_auth::ForwardAuth;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::any;
use http::request::Parts;

pub(crate) fn forward_auth_router(gate: ForwardAuth) -> Router {
    let mut router = Router::new().route("/auth", any(answer));
    if gate.appended_path {
        router = router.route("/auth/", any(answer_appended)).route("/auth/{*path}", any(answer_appended));
    }
    router.with_state(gate)
}

async fn answer(State(gate): State<ForwardAuth>, RawQuery(query): RawQuery, subrequest: Parts) -> Answer {
    gate.decide(&subrequest, query.as_deref()).await
}

async fn answer_appended(State(gate): State<ForwardAuth>, subrequest: Parts) -> Answer {
    gate.decide_appended(&subrequest).await
}
