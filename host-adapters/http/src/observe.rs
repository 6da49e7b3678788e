//! Tracing events of decisions: the verdict and the key, never the token, its claims or its subject.

use crate::rejection::Rejection;
use glowband_core::Refusal;
use glowband_verify::VerifiedToken;
use tracing::{Span, debug, debug_span, error, info, warn};

/// The target of all events and spans of this crate.
const TARGET: &str = "glowband::http";

/// Returns the span of one authentication, including the time that it waits for keys.
pub(crate) fn authenticate_span() -> Span {
    debug_span!(target: TARGET, "authenticate")
}

pub(crate) fn accepted(token: &VerifiedToken) {
    // The fields are evaluated only if a subscriber is interested.
    debug!(
        target: TARGET, verdict = "accepted", alg = token.algorithm().name(), kid = token.key_id(),
        "token accepted"
    );
}

pub(crate) fn anonymous() {
    debug!(target: TARGET, verdict = "anonymous", "request without token allowed");
}

/// Logs a rejection: mistakes of clients as information, missing keys or clock as warning, misconfiguration as error.
pub(crate) fn rejected(rejection: &Rejection) {
    let name = rejection.name();
    match rejection {
        Rejection::NoToken => debug!(target: TARGET, verdict = "no_token", name, "request has no token"),
        Rejection::BadRequest(_) => {
            info!(target: TARGET, verdict = "bad_request", name, "{rejection}");
        }
        Rejection::InsufficientScope(needed) => {
            let needed = &**needed;
            info!(target: TARGET, verdict = "insufficient_scope", name, needed, "token lacks a required scope");
        }
        Rejection::ClaimNotAllowed(claim) => {
            let claim = &**claim;
            info!(target: TARGET, verdict = "claim_not_allowed", name, claim, "{rejection}");
        }
        Rejection::Refused(refusal) => refused(*refusal, rejection.status()),
        Rejection::PaddedToken => {
            let code = Refusal::Base64Invalid.code();
            info!(
                target: TARGET, verdict = "refused", code, name,
                "{rejection} Load balancers of AWS write tokens so; in Rust the setting is OwnedPolicy::danger_allow_padding."
            );
        }
        Rejection::KeysUnavailable => {
            warn!(target: TARGET, verdict = "keys_unavailable", name, "{rejection}");
        }
        Rejection::CrossSite => info!(target: TARGET, verdict = "cross_site", name, "{rejection}"),
        Rejection::Setup(fault) => {
            let advice = Rejection::advice(*fault);
            error!(target: TARGET, verdict = "setup_fault", name, "{rejection} {advice}");
        }
    }
}

fn refused(refusal: Refusal, status: u16) {
    let (code, name) = (refusal.code(), refusal.name());
    match status {
        500 => error!(target: TARGET, verdict = "refused", code, name, "{refusal}"),
        503 => warn!(target: TARGET, verdict = "refused", code, name, "{refusal}"),
        _ => info!(target: TARGET, verdict = "refused", code, name, "{refusal}"),
    }
}
