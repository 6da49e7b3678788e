//! Segments against the crate `base64`: as header, payload and signature, over a buffer and in place.

use crate::any_signature::with_any_signature;
use crate::reading::base64url::{decode, encode};
use glowband_core::{Limits, Refusal, SignatureVerifier};

pub fn compare(segment: &[u8]) {
    if segment.contains(&b'.') {
        return;
    }
    let expected = decode(segment);
    let rs256 = encode(br#"{"alg":"RS256"}"#);
    let payload = verdict(&[rs256.as_bytes(), segment, b"AAAA"].join(&b'.'));
    assert_eq!(payload, expected.clone().ok_or(Refusal::Base64Invalid));
    // A signature is compared where it is checked.
    let signature = verdict(&[rs256.as_bytes(), b"e30", segment].join(&b'.'));
    let outcome = match &expected {
        None => Err(Refusal::Base64Invalid),
        Some(empty) if empty.is_empty() => Err(Refusal::SignatureMissing),
        Some(_) => Ok(b"{}".to_vec()),
    };
    assert_eq!(signature, outcome);
    let header = verdict(&[segment, b"e30", b"AAAA"].join(&b'.'));
    // What begins like the JSON serialization is called that.
    let invalid = if segment.starts_with(b"{") { Refusal::JsonSerialization } else { Refusal::Base64Invalid };
    assert_eq!(header == Err(invalid), expected.is_none());
    // And every value back.
    let text = encode(segment);
    let back = verdict(&[rs256.as_bytes(), text.as_bytes(), b"AAAA"].join(&b'.'));
    assert_eq!(back.as_deref(), Ok(segment));
}

fn verdict(token: &[u8]) -> Result<Vec<u8>, Refusal> {
    with_any_signature(token, |keys| {
        let verifier = SignatureVerifier::new(keys).limits(Limits::DEFAULT.token_bytes(usize::MAX));
        let mut scratch = vec![0xa5; token.len()];
        let over_a_buffer = verifier.verify(token, &mut scratch).map(|proven| proven.payload().to_vec());
        let in_place = verifier.verify_in_place(&mut token.to_vec()).map(|proven| proven.payload().to_vec());
        assert_eq!(over_a_buffer, in_place);
        in_place
    })
}
