//! Where a request comes from, for the audit log and for limits.

use super::problem::Problem;
use crate::serve::client::Client;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use std::net::IpAddr;

/// How much of what a client calls itself is kept, in characters.
const AGENT: usize = 200;

/// The address of a request's client, and what it calls itself.
#[derive(Clone, Debug)]
pub(super) struct Whence {
    pub(super) address: IpAddr,
    pub(super) agent: Option<String>,
}

impl Whence {
    /// What a list of logins shows where a login was given no label.
    pub(super) fn label(&self) -> Option<&str> {
        self.agent.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Whence {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Every listener leaves it there; without it no limit could be kept.
        let Some(client) = parts.extensions.get::<Client>() else {
            tracing::error!("A request came without its client's address.");
            return Err(Problem::internal());
        };
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let agent = agent.map(|agent| agent.chars().filter(|character| !character.is_control()).take(AGENT).collect());
        Ok(Self { address: client.address, agent: agent.filter(|agent: &String| !agent.is_empty()) })
    }
}
