//! Where a request comes from, for the audit log and for limits.

use super::problem::Problem;
use crate::audit::{Entry, Event, Origin};
use crate::client::Client;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use std::net::IpAddr;

/// How much of what a client calls itself is kept, in characters.
const AGENT: usize = 200;

/// The address of a request's client, and what it calls itself.
#[derive(Clone, Debug)]
pub(super) struct ClientInfo(Origin);

impl ClientInfo {
    pub(super) fn address(&self) -> IpAddr {
        self.0.address
    }

    /// What a list of logins shows where a login was given no label.
    pub(super) fn label(&self) -> Option<&str> {
        self.0.agent.as_deref()
    }

    /// A line of the audit log about what this request did.
    pub(super) fn entry(&self, event: Event) -> Entry {
        Entry::by_user(event, &self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientInfo {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Every listener leaves it there; without it no limit could be kept.
        let Some(client) = parts.extensions.get::<Client>() else {
            tracing::error!("A request came without its client's address.");
            return Err(Problem::internal());
        };
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let agent: Option<String> = agent.map(|agent| agent.chars().take(AGENT).filter(|c| !c.is_control()).collect());
        Ok(Self(Origin { address: client.address, agent: agent.filter(|agent| !agent.trim().is_empty()) }))
    }
}
