//! RSA with SHA-256, SHA-384 and SHA-512 (RFC 8017 §8, RFC 7518 §3.3 and §3.5) through aws-lc.

use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents,
};
use glowband_core::{Algorithm, Refusal, SignatureCheck, SignatureMismatch};
use std::fmt;
use std::ops::RangeInclusive;

/// How long a modulus may be.
pub(crate) const MODULUS_BITS: RangeInclusive<usize> = 2048..=8192;
/// How long an exponent may be.
pub(crate) const EXPONENT_BITS: usize = 33;

/// A public key of 2048 to 8192 bits for one of `RS256`, `RS384`, `RS512`, `PS256`, `PS384` and `PS512`.
#[derive(Clone)]
pub struct RsaKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl RsaKey {
    /// A key from modulus and public exponent, big-endian, without leading zeros. The salt of RSASSA-PSS is as long as
    /// the hash.
    ///
    /// # Errors
    /// [`Refusal::ModulusSize`] outside 2048 to 8192 bits; [`Refusal::KeyMalformed`] for a leading zero, an even
    /// number, and an exponent of 1 or of more than 33 bits; [`Refusal::AlgorithmMismatch`] for an algorithm that is not
    /// RSA's.
    pub fn new(algorithm: Algorithm, modulus: &[u8], exponent: &[u8]) -> Result<Self, Refusal> {
        let parameters = parameters(algorithm).ok_or(Refusal::AlgorithmMismatch)?;
        well_formed(modulus, exponent)?;
        let key = RsaPublicKeyComponents { n: modulus, e: exponent }
            .to_parsed_public_key(parameters)
            .map_err(|_| Refusal::KeyMalformed)?;
        Ok(Self { algorithm, key })
    }

    /// A key for `RS256` (RSASSA-PKCS1-v1_5); the parts as for [`new`](Self::new).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn rs256(modulus: &[u8], exponent: &[u8]) -> Result<Self, Refusal> {
        Self::new(Algorithm::Rs256, modulus, exponent)
    }

    /// A key for `PS256` (RSASSA-PSS); the parts as for [`new`](Self::new).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn ps256(modulus: &[u8], exponent: &[u8]) -> Result<Self, Refusal> {
        Self::new(Algorithm::Ps256, modulus, exponent)
    }
}

fn parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

impl SignatureCheck for RsaKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.key.verify_sig(signing_input, signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKey({}, public)", self.algorithm)
    }
}

/// Bits of a big-endian number.
pub(crate) fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let first = number.get(zeros).map_or(0, |first| first.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

/// AWS-LC checks most of this at each signature. A key that it would always refuse is refused at construction.
fn well_formed(modulus: &[u8], exponent: &[u8]) -> Result<(), Refusal> {
    let proper = |number: &[u8]| {
        number.first().is_some_and(|first| *first != 0) && number.last().is_some_and(|last| last & 1 == 1)
    };
    if !proper(modulus) || !proper(exponent) || exponent == [1] || bits(exponent) > EXPONENT_BITS {
        return Err(Refusal::KeyMalformed);
    }
    if !MODULUS_BITS.contains(&bits(modulus)) {
        return Err(Refusal::ModulusSize);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64UrlUnpadded, Encoding};

    // RFC 7515 appendix A.2.
    const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const INPUT: &[u8] = b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    fn decode(text: &str) -> Vec<u8> {
        Base64UrlUnpadded::decode_vec(text).unwrap()
    }

    #[test]
    fn rfc_7515_a_2_verifies_as_rs256_only() {
        let key = RsaKey::rs256(&decode(MODULUS), &[1, 0, 1]).unwrap();
        let signature = decode(SIGNATURE);
        assert_eq!(key.check(INPUT, &signature), Ok(()));
        for at in 0..256 {
            let mut wrong = signature.clone();
            wrong[at] ^= 1;
            assert_eq!(key.check(INPUT, &wrong), Err(SignatureMismatch));
        }
        for length in [0, 1, 255] {
            assert_eq!(key.check(INPUT, &signature[..length]), Err(SignatureMismatch));
        }
        assert_eq!(key.check(INPUT, &[&[0][..], &signature].concat()), Err(SignatureMismatch));
        for algorithm in [Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
            let other = RsaKey::new(algorithm, &decode(MODULUS), &[1, 0, 1]).unwrap();
            assert_eq!((other.algorithm(), other.check(INPUT, &signature)), (algorithm, Err(SignatureMismatch)));
        }
        let none = RsaKey::new(Algorithm::Es256, &decode(MODULUS), &[1, 0, 1]);
        assert_eq!(none.err(), Some(Refusal::AlgorithmMismatch));
    }

    #[test]
    fn a_key_that_can_never_fit_is_refused() {
        let modulus = decode(MODULUS);
        let refusal = |modulus: &[u8], exponent: &[u8]| RsaKey::rs256(modulus, exponent).err();
        let odd = |length: usize| [vec![0x80; length - 1], vec![1]].concat();
        assert_eq!(refusal(&odd(256), &[3]), None);
        assert_eq!(refusal(&odd(1024), &[3]), None);
        assert_eq!(refusal(&odd(128), &[3]), Some(Refusal::ModulusSize));
        assert_eq!(refusal(&[&[0x7f], &odd(255)[..]].concat(), &[3]), Some(Refusal::ModulusSize), "2047 bits");
        assert_eq!(refusal(&odd(1025), &[3]), Some(Refusal::ModulusSize));
        assert_eq!(refusal(&[&[0], &modulus[..]].concat(), &[3]), Some(Refusal::KeyMalformed));
        assert_eq!(refusal(&[], &[3]), Some(Refusal::KeyMalformed));
        let mut even = modulus.clone();
        even[255] &= 0xfe;
        assert_eq!(refusal(&even, &[3]), Some(Refusal::KeyMalformed));
        for exponent in [&[][..], &[0], &[1], &[2], &[0, 3], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 1]] {
            assert_eq!(refusal(&modulus, exponent), Some(Refusal::KeyMalformed), "{exponent:?}");
        }
        assert_eq!(refusal(&modulus, &[1, 0, 0, 0, 1]), None, "33 bits");
    }
}
