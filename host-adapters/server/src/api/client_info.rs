//! The client's address and `User-Agent`, for the audit log and for rate limits.

use super::problem::Problem;
use crate::audit::{Entry, Event, Origin};
use crate::client::Client;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use std::net::IpAddr;

/// The longest stored part of `User-Agent`, in characters.
const AGENT: usize = 200;

/// The address of a request's client, and its `User-Agent`.
#[derive(Clone, Debug)]
pub(super) struct ClientInfo(Origin);

impl ClientInfo {
    pub(super) fn address(&self) -> IpAddr {
        self.0.address
    }

    /// Returns the label of a session whose login gave none.
    pub(super) fn label(&self) -> Option<&str> {
        self.0.agent.as_deref()
    }

    /// Returns an entry of the audit log for this request.
    pub(super) fn entry(&self, event: Event) -> Entry {
        Entry::by_user(event, &self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientInfo {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Each listener adds it. Without an address, rate limits cannot work.
        let Some(client) = parts.extensions.get::<Client>() else {
            tracing::error!("request has no client address");
            return Err(Problem::internal());
        };
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let agent: Option<String> = agent.map(|agent| agent.chars().take(AGENT).filter(|c| !c.is_control()).collect());
        Ok(Self(Origin { address: client.address, agent: agent.filter(|agent| !agent.trim().is_empty()) }))
    }
}
