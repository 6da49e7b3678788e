//! Three segments, and how much scratch they take: against a split by the standard library.

use crate::any_signature::with_any_signature;
use crate::reading::terms::LIMITS;
use crate::reading::token::segments;
use crate::reading::why::Why;
use glowband_core::{Refusal, SignatureVerifier, scratch_needed};

pub fn compare(token: &[u8]) {
    let expected = segments(token).map_err(|why| match why {
        Why::Exactly(refusal) => refusal,
        Why::Json | Why::Unsaid => unreachable!("a split is never in doubt"),
    });
    let needed = scratch_needed(token);
    match &expected {
        Ok([header, payload, signature]) => {
            let [header, payload, signature] =
                [header, payload, signature].map(|segment| decoded_length(segment.len()));
            assert_eq!(needed, header + payload.max(signature));
        }
        // It does not depend on the limit.
        Err(Refusal::TokenTooLong) => assert!(needed <= token.len()),
        Err(_) => assert_eq!(needed, 0),
    }
    with_any_signature(token, |keys| {
        let verifier = SignatureVerifier::new(keys).limits(LIMITS);
        let mut scratch = vec![b'.'; needed];
        let own = verifier.verify(token, &mut scratch).map(|proven| proven.payload().to_vec());
        match (&expected, &own) {
            (Err(refusal), own) => assert_eq!(own.as_ref(), Err(refusal)),
            (Ok(_), Ok(payload)) => assert_eq!(Some(payload.as_slice()), decoded(token).as_deref()),
            (Ok(_), Err(refusal)) => assert!(!FORM.contains(refusal), "{refusal:?}"),
        }
        assert_eq!(verifier.verify_in_place(&mut token.to_vec()).map(|proven| proven.payload().to_vec()), own);
        if let Some(less) = needed.checked_sub(1).filter(|_| expected.is_ok()) {
            assert_eq!(verifier.verify(token, &mut vec![0; less]).map(drop), Err(Refusal::ScratchTooSmall));
        }
    });
}

const FORM: [Refusal; 5] = [
    Refusal::TokenTooLong,
    Refusal::SegmentCount,
    Refusal::EncryptedToken,
    Refusal::JsonSerialization,
    Refusal::ScratchTooSmall,
];

/// Characters that no encoding has take none: they are refused.
fn decoded_length(characters: usize) -> usize {
    if characters % 4 == 1 { 0 } else { characters * 3 / 4 }
}

fn decoded(token: &[u8]) -> Option<Vec<u8>> {
    crate::reading::base64url::decode(token.split(|byte| *byte == b'.').nth(1)?)
}
