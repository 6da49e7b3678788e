//! Converts ECDSA signatures from DER, the format of hardware modules and key services, to the format of JWS.

use crate::signer::SignError;
use glowband_core::Algorithm;
use spki::der::asn1::UintRef;
use spki::der::{Decode, Reader, SliceReader};

/// Converts an ECDSA signature from DER (RFC 3279 §2.2.3) to r ‖ s, each padded to the field's length (RFC 7518 §3.4).
///
/// ```
/// use glowband_issue::{Algorithm, ecdsa_from_der};
///
/// let fixed = ecdsa_from_der(Algorithm::Es256, &[0x30, 6, 2, 1, 5, 2, 1, 3])?;
/// assert_eq!((fixed.len(), fixed[31], fixed[63]), (64, 5, 3));
/// # Ok::<(), glowband_issue::SignError>(())
/// ```
///
/// # Errors
/// Returns [`SignError::Malformed`] if `der` is not such a signature, or `algorithm` is not ES256, ES384 or ES512.
pub fn ecdsa_from_der(algorithm: Algorithm, der: &[u8]) -> Result<Vec<u8>, SignError> {
    let field = match algorithm {
        Algorithm::Es256 => 32,
        Algorithm::Es384 => 48,
        Algorithm::Es512 => 66,
        _ => return Err(SignError::Malformed),
    };
    let read = || {
        let mut reader = SliceReader::new(der)?;
        let numbers = reader
            .sequence(|numbers| Ok::<_, spki::der::Error>([UintRef::decode(numbers)?, UintRef::decode(numbers)?]))?;
        reader.finish()?;
        Ok::<_, spki::der::Error>(numbers)
    };
    let mut fixed = Vec::with_capacity(2 * field);
    for number in read().map_err(|_| SignError::Malformed)? {
        let bytes = number.as_bytes();
        let zeros = field.checked_sub(bytes.len()).ok_or(SignError::Malformed)?;
        fixed.resize(fixed.len() + zeros, 0);
        fixed.extend_from_slice(bytes);
    }
    Ok(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_signatures_are_refused() {
        let long = [&[0x30, 38, 2, 33][..], &[1; 33], &[2, 1, 3]].concat();
        for der in [
            &[][..],
            &[0x30, 0],
            &[0x30, 3, 2, 1, 5],
            &[0x30, 6, 2, 1, 5, 2, 1, 3, 0],
            &[0x30, 6, 2, 1, 0x85, 2, 1, 3],
            &long,
        ] {
            assert_eq!(ecdsa_from_der(Algorithm::Es256, der), Err(SignError::Malformed), "{der:?}");
        }
        assert!(ecdsa_from_der(Algorithm::Es384, &long[..]).is_ok_and(|fixed| fixed.len() == 96));
        assert!(ecdsa_from_der(Algorithm::Es512, &long[..]).is_ok_and(|fixed| fixed.len() == 132));
        assert_eq!(ecdsa_from_der(Algorithm::Rs256, &[0x30, 6, 2, 1, 5, 2, 1, 3]), Err(SignError::Malformed));
    }
}
