//! How far a second reading can say why something is refused.

use glowband_core::Refusal;

/// A verdict against the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// By this refusal and no other.
    Exactly(Refusal),
    /// As JSON: malformed, a name twice, too deep, too much. The reader here cannot tell these apart.
    Json,
    /// It may even be accepted: it holds a number that serde_json does not take.
    Unsaid,
}

impl Why {
    /// Whether this is what the verifier said.
    pub fn fits(self, refusal: Refusal) -> bool {
        match self {
            Self::Exactly(exactly) => exactly == refusal,
            Self::Json => is_of_json(refusal),
            Self::Unsaid => true,
        }
    }
}

/// Panics unless both accept, or both refuse for the same reason.
pub fn agree<A, B: std::fmt::Debug>(own: &Result<A, Refusal>, other: &Result<B, Why>, about: &[u8]) {
    let agreed = match (own, other) {
        (Ok(_), Ok(_)) | (Ok(_), Err(Why::Unsaid)) => true,
        (Err(refusal), Err(why)) => why.fits(*refusal),
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    };
    let own = own.as_ref().map(|_| "accepted");
    assert!(agreed, "here {own:?}, elsewhere {other:?}: {}", about.escape_ascii());
}

fn is_of_json(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::HeaderNotJson
            | Refusal::HeaderDuplicate
            | Refusal::PayloadNotJson
            | Refusal::PayloadNotObject
            | Refusal::PayloadDuplicate
            | Refusal::NestingTooDeep
            | Refusal::TooManyMembers
            | Refusal::TokenTooLong
            | Refusal::JwkMalformed
    )
}
