//! ECDSA with P-256, P-384 and P-521 (FIPS 186-5 §6.4, RFC 7518 §3.4) through aws-lc.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm,
    ParsedPublicKey,
};
use glowband_core::{Algorithm, Refusal, SignatureCheck, SignatureMismatch};
use std::fmt;

/// A public key for `ES256`, `ES384` or `ES512`, whose point was checked to lie on the curve.
///
/// On a server this is about six times as fast as the core's `Es256Key` (`cargo checks bench`).
#[derive(Clone)]
pub struct EcdsaKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl EcdsaKey {
    /// A key for `ES256` from a SEC1 point: 65 bytes (`04 ‖ x ‖ y`) or 33 bytes (`02`/`03 ‖ x`).
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`] for any other form, and for a point that is not on P-256.
    pub fn es256(point: &[u8]) -> Result<Self, Refusal> {
        Self::new(Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, point, 32)
    }

    /// A key for `ES384` from a SEC1 point: 97 bytes (`04 ‖ x ‖ y`) or 49 bytes (`02`/`03 ‖ x`).
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`] for any other form, and for a point that is not on P-384.
    pub fn es384(point: &[u8]) -> Result<Self, Refusal> {
        Self::new(Algorithm::Es384, &ECDSA_P384_SHA384_FIXED, point, 48)
    }

    /// A key for `ES512` from a SEC1 point: 133 bytes (`04 ‖ x ‖ y`) or 67 bytes (`02`/`03 ‖ x`).
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`] for any other form, and for a point that is not on P-521.
    pub fn es512(point: &[u8]) -> Result<Self, Refusal> {
        Self::new(Algorithm::Es512, &ECDSA_P521_SHA512_FIXED, point, 66)
    }

    fn new(
        algorithm: Algorithm,
        library: &'static EcdsaVerificationAlgorithm,
        point: &[u8],
        field: usize,
    ) -> Result<Self, Refusal> {
        sec1(point, field)?;
        let key = ParsedPublicKey::new(library, point).map_err(|_| Refusal::PointInvalid)?;
        Ok(Self { algorithm, key })
    }
}

impl SignatureCheck for EcdsaKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.key.verify_sig(signing_input, signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for EcdsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcdsaKey({}, public)", self.algorithm)
    }
}

/// The library would take other encodings of a key as well; which one it is, is said by the caller and not guessed.
fn sec1(point: &[u8], field: usize) -> Result<(), Refusal> {
    match point {
        [4, coordinates @ ..] if coordinates.len() == 2 * field => Ok(()),
        [2 | 3, x @ ..] if x.len() == field => Ok(()),
        _ => Err(Refusal::PointInvalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64UrlUnpadded, Encoding};

    // RFC 7515 appendix A.3.
    const INPUT: &[u8] = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn point() -> Vec<u8> {
        let decode = |text: &str| Base64UrlUnpadded::decode_vec(text).unwrap();
        [
            vec![4],
            decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        ]
        .concat()
    }

    #[test]
    fn rfc_7515_a_3_verifies_and_every_changed_byte_does_not() {
        let key = EcdsaKey::es256(&point()).unwrap();
        let signature = Base64UrlUnpadded::decode_vec(SIGNATURE).unwrap();
        assert_eq!(key.check(INPUT, &signature), Ok(()));
        for at in 0..64 {
            let mut wrong = signature.clone();
            wrong[at] ^= 1;
            assert_eq!(key.check(INPUT, &wrong), Err(SignatureMismatch));
        }
        assert_eq!(key.check(&INPUT[1..], &signature), Err(SignatureMismatch));
        assert_eq!(key.check(INPUT, &signature[..63]), Err(SignatureMismatch));
    }

    #[test]
    fn a_compressed_point_is_the_same_key() {
        let point = point();
        let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
        let key = EcdsaKey::es256(&compressed).unwrap();
        assert_eq!(key.check(INPUT, &Base64UrlUnpadded::decode_vec(SIGNATURE).unwrap()), Ok(()));
    }

    #[test]
    fn no_signature_fits_every_message() {
        let key = EcdsaKey::es256(&point()).unwrap();
        let mut one = [0; 32];
        one[31] = 1;
        for r in [[0; 32], one, [0xff; 32]] {
            for s in [[0; 32], one, [0xff; 32]] {
                assert_eq!(key.check(INPUT, &[r, s].concat()), Err(SignatureMismatch));
            }
        }
    }

    #[test]
    fn a_point_is_on_its_curve_or_refused() {
        let mut off = point();
        off[64] ^= 1;
        let spki = [&[0x30, 0x59][..], &[0; 89]].concat();
        for wrong in [&[][..], &[0], &[4; 65], &[4; 97], &off, &spki] {
            assert_eq!(EcdsaKey::es256(wrong).err(), Some(Refusal::PointInvalid));
            assert_eq!(EcdsaKey::es384(wrong).err(), Some(Refusal::PointInvalid));
            assert_eq!(EcdsaKey::es512(wrong).err(), Some(Refusal::PointInvalid));
        }
        assert_eq!(EcdsaKey::es384(&point()).err(), Some(Refusal::PointInvalid));
        assert_eq!(EcdsaKey::es512(&point()).err(), Some(Refusal::PointInvalid));
    }

    #[test]
    fn rfc_7515_a_4_verifies_and_every_changed_byte_does_not() {
        let decode = |text: &str| Base64UrlUnpadded::decode_vec(text).unwrap();
        let key = [
            vec![4],
            decode("AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk"),
            decode("ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"),
        ];
        let key = EcdsaKey::es512(&key.concat()).unwrap();
        let signature = decode(
            "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2Y\
             BJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
        );
        let input = b"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA";
        assert_eq!((key.algorithm(), key.check(input, &signature)), (Algorithm::Es512, Ok(())));
        for at in 0..132 {
            let mut wrong = signature.clone();
            wrong[at] ^= 1;
            assert_eq!(key.check(input, &wrong), Err(SignatureMismatch), "{at}");
        }
        assert_eq!(key.check(input, &signature[..131]), Err(SignatureMismatch));
    }
}
