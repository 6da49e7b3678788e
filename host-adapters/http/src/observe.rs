//! What is traced of a decision: the verdict and which key, never the token, its claims or whom it is about.

use crate::rejection::Rejection;
use glowband_core::Refusal;
use glowband_verify::VerifiedToken;
use tracing::{Span, debug, debug_span, error, info, warn};

/// The target of everything that is traced here.
const TARGET: &str = "glowband::http";

/// The span in which a token is judged; waiting for keys is part of it.
pub(crate) fn judging() -> Span {
    debug_span!(target: TARGET, "authenticate")
}

pub(crate) fn accepted(token: &VerifiedToken) {
    // Evaluated only where someone listens.
    debug!(
        target: TARGET, verdict = "accepted", alg = token.algorithm().name(), kid = token.key_id(),
        "a token was accepted"
    );
}

pub(crate) fn anonymous() {
    debug!(target: TARGET, verdict = "anonymous", "a request without a token was let through");
}

/// Clients' mistakes are information; a server that cannot judge is a warning, one that is set up wrongly an error.
pub(crate) fn rejected(rejection: &Rejection) {
    let name = rejection.name();
    match rejection {
        Rejection::NoToken => debug!(target: TARGET, verdict = "no_token", name, "a request has no token"),
        Rejection::BadRequest(_) => {
            info!(target: TARGET, verdict = "bad_request", name, "{rejection}");
        }
        Rejection::InsufficientScope(needed) => {
            let needed = &**needed;
            info!(target: TARGET, verdict = "insufficient_scope", name, needed, "a token allows too little");
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
