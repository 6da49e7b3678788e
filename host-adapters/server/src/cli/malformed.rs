//! Registered claims of a JSON type that they must not have (RFC 7519 §4.1): what every verifier refuses.

use glowband_core::{Claim, Claims, Refusal};

/// The refusal of each malformed claim.
pub(super) fn malformed(claims: &Claims<'_>) -> Vec<Refusal> {
    [
        (claims.issuer() == Claim::Malformed, Refusal::IssuerMalformed),
        (claims.subject() == Claim::Malformed, Refusal::SubjectMalformed),
        (claims.audience() == Claim::Malformed, Refusal::AudienceMalformed),
        (claims.expires_at() == Claim::Malformed, Refusal::ExpiryMalformed),
        (claims.not_before() == Claim::Malformed, Refusal::NotBeforeMalformed),
        (claims.issued_at() == Claim::Malformed, Refusal::IssuedAtMalformed),
        (claims.token_id() == Claim::Malformed, Refusal::TokenIdMalformed),
    ]
    .into_iter()
    .filter_map(|(wrong, refusal)| wrong.then_some(refusal))
    .collect()
}
