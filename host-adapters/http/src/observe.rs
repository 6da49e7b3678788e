//! What is traced of a decision: the verdict and which key, never the token, its claims or whom it is about.

use crate::rejection::Rejection;
use glowband_core::Refusal;
use glowband_verify::{VerifiedToken, is_padded};
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
///
/// `advice` says what can be seen of the token beyond the refusal, without a byte of it; it is often empty.
pub(crate) fn rejected(rejection: &Rejection, advice: &str) {
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
        Rejection::Refused(refusal) => refused(*refusal, rejection.status(), advice),
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

/// What the form of a refused token shows.
pub(crate) fn advice(refusal: Refusal, token: &[u8]) -> &'static str {
    if refusal == Refusal::Base64Invalid && is_padded(token) { PADDED } else { "" }
}

const PADDED: &str = " The token is padded with `=`, which RFC 7515 forbids; load balancers of AWS write it so, and a policy with \
     danger_allow_padding (danger-allow-padding in a policy file) accepts it.";

fn refused(refusal: Refusal, status: u16, advice: &str) {
    let (code, name) = (refusal.code(), refusal.name());
    match status {
        500 => error!(target: TARGET, verdict = "refused", code, name, "{refusal}{advice}"),
        503 => warn!(target: TARGET, verdict = "refused", code, name, "{refusal}{advice}"),
        _ => info!(target: TARGET, verdict = "refused", code, name, "{refusal}{advice}"),
    }
}
