//! ECDSA with P-256 and SHA-256 (FIPS 186-5 §6.4, RFC 7518 §3.4) through RustCrypto's `p256`, for any key at once.

use super::{Algorithm, SignatureCheck, SignatureMismatch};
use crate::Refusal;
use core::fmt;
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier as _};

/// A public key for `ES256`: a point that was checked to lie on P-256.
#[derive(Clone)]
pub struct Es256Key {
    key: VerifyingKey,
}

impl Es256Key {
    /// A key from a SEC1 point: 65 bytes (`04 ‖ x ‖ y`) or 33 bytes (`02`/`03 ‖ x`).
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`] for any other form, and for a point that is not on the curve.
    pub fn from_sec1(point: &[u8]) -> Result<Self, Refusal> {
        match point {
            [4, ..] if point.len() == 65 => {}
            [2 | 3, ..] if point.len() == 33 => {}
            // SEC1 has more forms, which no JWK and no certificate uses.
            _ => return Err(Refusal::PointInvalid),
        }
        let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| Refusal::PointInvalid)?;
        Ok(Self { key })
    }

    /// A key from its affine coordinates, 32 bytes each, big-endian, as a JWK has them (RFC 7518 §6.2.1).
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`] if the point is not on the curve.
    pub fn from_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, Refusal> {
        let mut point = [4; 65];
        for (place, byte) in point.iter_mut().skip(1).zip(x.iter().chain(y)) {
            *place = *byte;
        }
        Self::from_sec1(&point)
    }
}

impl SignatureCheck for Es256Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        // Refuses r and s outside 1..n, so no signature is genuine for every message.
        let signature = Signature::from_slice(signature).map_err(|_| SignatureMismatch)?;
        self.key.verify(signing_input, &signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for Es256Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Es256Key(public)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7515 appendix A.3.1.
    const X: [u8; 32] = [
        127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53, 123, 233, 239, 19,
        186, 207, 110, 60, 123, 209, 84, 69,
    ];
    const Y: [u8; 32] = [
        199, 241, 68, 205, 27, 189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11, 36,
        173, 138, 70, 35, 40, 133, 136, 229, 173,
    ];

    #[test]
    fn a_point_is_on_the_curve_or_refused() {
        let key = Es256Key::from_coordinates(&X, &Y).unwrap();
        assert_eq!(format!("{key:?}"), "Es256Key(public)");
        let mut wrong = Y;
        wrong[31] ^= 1;
        assert_eq!(Es256Key::from_coordinates(&X, &wrong).err(), Some(Refusal::PointInvalid));
        assert!(Es256Key::from_sec1(&[[3].as_slice(), &X].concat()).is_ok());
        let compact = [[5].as_slice(), &X].concat();
        for point in [&[][..], &[0], &[4; 65], &[2; 32], &[5; 65], &X, &compact] {
            assert_eq!(Es256Key::from_sec1(point).err(), Some(Refusal::PointInvalid));
        }
    }

    #[test]
    fn no_signature_fits_every_message() {
        let key = Es256Key::from_coordinates(&X, &Y).unwrap();
        let order: [u8; 32] = [
            0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
            0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
        ];
        let (mut below, mut above) = (order, order);
        below[31] -= 1;
        above[31] += 1;
        let mut one = [0; 32];
        one[31] = 1;
        let values = [[0; 32], one, below, order, above, [0xff; 32]];
        for r in values {
            for s in values {
                let signature = [r, s].concat();
                assert_eq!(key.check(b"a.b", &signature), Err(SignatureMismatch));
            }
        }
        assert_eq!(key.check(b"a.b", &[1; 63]), Err(SignatureMismatch));
    }
}
