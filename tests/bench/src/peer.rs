//! The peer library, set to check what ours checks.

use crate::tokens::{AUDIENCE, ISSUER};
use jsonwebtoken::{Algorithm, Validation};

/// What the peer is told to check: the same as ours.
pub fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = 0;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation
}
