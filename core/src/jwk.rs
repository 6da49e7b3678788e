//! JSON Web Keys (RFC 7517) read without a copy: `oct` and `EC` P-256 become keys here, other types elsewhere.

use crate::alg::Algorithm;
use crate::json::{Fault, ShortName, Span, Text, walk};
use crate::limits::Limits;
use crate::{Key, Refusal};
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;

const KTY: ShortName = ShortName::of("kty");
const CRV: ShortName = ShortName::of("crv");
const ALG: ShortName = ShortName::of("alg");
const KID: ShortName = ShortName::of("kid");
const USE: ShortName = ShortName::of("use");
const KEY_OPS: ShortName = ShortName::of("key_ops");

/// The longest secret of an `oct` JWK, in bytes.
pub const MAX_JWK_SECRET: usize = 512;

/// A JWK whose members were read, and whose own `use`, `key_ops` and `alg` say what it may do.
///
/// Unknown members are ignored and private ones never looked at. `Debug` shows no key material.
#[derive(Clone, Copy)]
pub struct Jwk<'t> {
    text: &'t [u8],
    kty: Text<'t>,
    crv: Option<Text<'t>>,
    alg: Option<Text<'t>>,
    kid: Option<Text<'t>>,
    may_verify: bool,
}

impl<'t> Jwk<'t> {
    /// Reads a JWK from JSON text of at most [`MAX_JSON`](crate::MAX_JSON) bytes.
    ///
    /// # Errors
    /// [`Refusal::JwkMalformed`] if it is not an object, names a member twice, has no `kty`, or a member of the wrong
    /// type.
    pub fn parse(text: &'t [u8]) -> Result<Self, Refusal> {
        let (mut kty, mut crv, mut alg, mut kid) = (None, None, None, None);
        let mut usage = None;
        let mut may_verify = true;
        let mut well_typed = true;
        walk(text, &Limits::DEFAULT, &mut |name, member| {
            let value = member.value().within(text);
            let place = match name {
                KTY => &mut kty,
                CRV => &mut crv,
                ALG => &mut alg,
                KID => &mut kid,
                USE => &mut usage,
                KEY_OPS => {
                    match value.array() {
                        Some(operations) => {
                            well_typed &= operations.elements().all(|operation| operation.text().is_some());
                            may_verify &= operations.elements().any(|operation| is_text(operation, "verify"))
                        }
                        None => well_typed = false,
                    }
                    return;
                }
                _ => return,
            };
            *place = value.text();
            well_typed &= place.is_some();
        })
        .map_err(|_: Fault| Refusal::JwkMalformed)?;
        let kty = kty.filter(|_| well_typed).ok_or(Refusal::JwkMalformed)?;
        may_verify &= usage.is_none_or(|usage: Text<'_>| usage == *"sig");
        Ok(Self { text, kty, crv, alg, kid, may_verify })
    }

    /// `kty`: the type of key, `oct`, `EC`, `RSA` or `OKP`.
    pub fn key_type(&self) -> Text<'t> {
        self.kty
    }

    /// `crv`: the curve of an `EC` or `OKP` key.
    pub fn curve(&self) -> Option<Text<'t>> {
        self.crv
    }

    /// `kid`: the name that tokens call the key by.
    pub fn key_id(&self) -> Option<Text<'t>> {
        self.kid
    }

    /// Checks that the key may verify signatures by `algorithm`: `use` is `sig` or absent, `key_ops` has `verify` or
    /// is absent, `alg` is that algorithm or absent (RFC 7517 §4.2–4.4).
    ///
    /// # Errors
    /// [`Refusal::JwkMayNotVerify`]; [`Refusal::KeyUnsupported`] for an `alg` that is not known here,
    /// [`Refusal::JwkAlgorithmConflict`] for another one.
    pub fn permit(&self, algorithm: Algorithm) -> Result<(), Refusal> {
        if !self.may_verify {
            return Err(Refusal::JwkMayNotVerify);
        }
        match self.algorithm()? {
            Some(own) if own != algorithm => Err(Refusal::JwkAlgorithmConflict),
            _ => Ok(()),
        }
    }

    /// `alg`: the algorithm that the key is bound to. `Ok(None)` if it names none.
    ///
    /// # Errors
    /// [`Refusal::KeyUnsupported`] if it names one that is not supported.
    pub fn algorithm(&self) -> Result<Option<Algorithm>, Refusal> {
        match self.alg {
            Some(alg) => Algorithm::from_text(alg).map(Some).ok_or(Refusal::KeyUnsupported),
            None => Ok(None),
        }
    }

    /// Decodes a base64url member, such as `x`, `n` or `k`, into the front of `buffer` (in constant time).
    ///
    /// # Errors
    /// [`Refusal::JwkMalformed`] if there is no such string, it is not base64url, or it does not fit.
    pub fn bytes<'b>(&self, member: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], Refusal> {
        let mut found = None;
        walk(self.text, &Limits::DEFAULT, &mut |_, read| {
            if read.is_named(self.text, member) {
                found = read.value().within(self.text).text();
            }
        })
        .map_err(|_: Fault| Refusal::JwkMalformed)?;
        let text = found.and_then(|text| text.as_str()).ok_or(Refusal::JwkMalformed)?;
        Base64UrlUnpadded::decode(text, buffer).map_err(|_| Refusal::JwkMalformed)
    }

    /// The key for the algorithm that its type and curve stand for: `oct` is HS256, `EC` P-256 is ES256.
    ///
    /// # Errors
    /// [`Refusal::KeyUnsupported`] for other types, and for algorithms whose feature is off;
    /// [`Refusal::JwkMayNotVerify`] and [`Refusal::JwkAlgorithmConflict`] as [`permit`](Self::permit) has them;
    /// [`Refusal::SecretTooShort`], [`Refusal::SecretTooLong`] and [`Refusal::PointInvalid`] for the material.
    pub fn key(&self) -> Result<Key, Refusal> {
        #[cfg(feature = "hs256")]
        if self.kty == *"oct" {
            return self.secret();
        }
        #[cfg(feature = "es256")]
        if self.kty == *"EC" && self.crv.is_some_and(|crv| crv == *"P-256") {
            return self.point();
        }
        if self.kty == *"EC" && self.crv.is_none() {
            return Err(Refusal::JwkMalformed);
        }
        Err(Refusal::KeyUnsupported)
    }

    #[cfg(feature = "hs256")]
    fn secret(&self) -> Result<Key, Refusal> {
        self.permit(Algorithm::Hs256)?;
        let mut buffer = [0; MAX_JWK_SECRET];
        let secret = self.bytes("k", &mut buffer).map_err(|refusal| self.explain_secret(refusal));
        let key = secret.and_then(crate::Hs256Key::new);
        // The stack copy of the secret has served its turn.
        buffer.fill(0);
        core::hint::black_box(&buffer);
        key.map(Key::Hs256)
    }

    /// A secret that is proper base64url but too long says so.
    #[cfg(feature = "hs256")]
    fn explain_secret(&self, refusal: Refusal) -> Refusal {
        let mut long = false;
        let shown = walk(self.text, &Limits::DEFAULT, &mut |_, member| {
            let text = member.value().within(self.text).text().and_then(|text| text.as_str());
            long |= member.is_named(self.text, "k")
                && text.is_some_and(|text| text.len() > (MAX_JWK_SECRET * 4).div_ceil(3));
        });
        if shown.is_ok() && long { Refusal::SecretTooLong } else { refusal }
    }

    #[cfg(feature = "es256")]
    fn point(&self) -> Result<Key, Refusal> {
        self.permit(Algorithm::Es256)?;
        let (mut x, mut y) = ([0; 32], [0; 32]);
        // Coordinates have the full length of the field (RFC 7518 §6.2.1.2).
        if self.bytes("x", &mut x)?.len() != 32 || self.bytes("y", &mut y)?.len() != 32 {
            return Err(Refusal::JwkMalformed);
        }
        crate::Es256Key::from_coordinates(&x, &y).map(Key::Es256)
    }
}

impl fmt::Debug for Jwk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwk")
            .field("kty", &self.kty)
            .field("crv", &self.crv)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

fn is_text(value: Span<'_>, expected: &str) -> bool {
    value.text().is_some_and(|text| text == *expected)
}

#[cfg(all(test, feature = "hs256", feature = "es256"))]
mod tests {
    use super::*;
    use crate::SignatureCheck;

    const EC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    const OCT: &str =
        r#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow""#;

    fn key(members: &str) -> Result<Algorithm, Refusal> {
        let text = format!("{{{members}}}");
        Jwk::parse(text.as_bytes())?.key().map(|key| key.algorithm())
    }

    #[test]
    fn type_and_curve_decide_the_algorithm() {
        assert_eq!(key(EC), Ok(Algorithm::Es256));
        assert_eq!(key(OCT), Ok(Algorithm::Hs256));
        assert_eq!(
            key(&format!(r#"{EC},"d":"not even base64 =","x5c":["a"],"vendor":{{"x":1}},"alg":"ES256","use":"sig""#)),
            Ok(Algorithm::Es256)
        );
        for other in [
            r#""kty":"RSA","n":"AQ","e":"AQAB""#,
            r#""kty":"OKP","crv":"Ed25519","x":"AA""#,
            r#""kty":"EC","crv":"P-384""#,
            r#""kty":"ec""#,
        ] {
            assert_eq!(key(other), Err(Refusal::KeyUnsupported), "{other}");
        }
    }

    #[test]
    fn what_the_key_says_of_itself_binds() {
        for (members, refusal) in [
            (r#""alg":"ES384""#, Refusal::JwkAlgorithmConflict),
            (r#""alg":"HS256""#, Refusal::JwkAlgorithmConflict),
            (r#""alg":"es256""#, Refusal::KeyUnsupported),
            (r#""alg":"ES512""#, Refusal::KeyUnsupported),
            (r#""use":"enc""#, Refusal::JwkMayNotVerify),
            (r#""key_ops":["sign"]"#, Refusal::JwkMayNotVerify),
            (r#""key_ops":[]"#, Refusal::JwkMayNotVerify),
            (r#""key_ops":"verify""#, Refusal::JwkMalformed),
            (r#""key_ops":["verify",1]"#, Refusal::JwkMalformed),
            (r#""key_ops":["verify"],"use":"enc""#, Refusal::JwkMayNotVerify),
            (r#""key_ops":["sign"],"use":"sig""#, Refusal::JwkMayNotVerify),
            (r#""use":7"#, Refusal::JwkMalformed),
            (r#""alg":null"#, Refusal::JwkMalformed),
            (r#""kid":1"#, Refusal::JwkMalformed),
            (r#""crv":"P-256""#, Refusal::JwkMalformed),
        ] {
            assert_eq!(key(&format!("{EC},{members}")), Err(refusal), "{members}");
        }
        assert_eq!(key(&format!(r#"{EC},"key_ops":["sign","verify"],"use":"sig""#)), Ok(Algorithm::Es256));
    }

    #[test]
    fn material_is_checked() {
        let ec = |x: &str, y: &str| key(&format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#));
        let zero = "A".repeat(43);
        assert_eq!(ec(&zero, &zero), Err(Refusal::PointInvalid));
        assert_eq!(ec(&zero[1..], &zero), Err(Refusal::JwkMalformed));
        assert_eq!(ec(&format!("{zero}="), &zero), Err(Refusal::JwkMalformed));
        assert_eq!(key(r#""kty":"EC","crv":"P-256","x":"AA""#), Err(Refusal::JwkMalformed));
        let oct = |k: &str| key(&format!(r#""kty":"oct","k":"{k}""#));
        assert_eq!(oct(""), Err(Refusal::SecretTooShort));
        assert_eq!(oct(&"A".repeat(42)), Err(Refusal::SecretTooShort), "31 bytes");
        assert_eq!(oct(&"A".repeat(43)), Ok(Algorithm::Hs256), "32 bytes");
        assert_eq!(oct(&"A".repeat(683)), Ok(Algorithm::Hs256), "512 bytes");
        assert_eq!(oct(&"A".repeat(684)), Err(Refusal::SecretTooLong), "513 bytes");
        assert_eq!(oct(&"A".repeat(700)), Err(Refusal::SecretTooLong));
        assert_eq!(oct("not base64!"), Err(Refusal::JwkMalformed));
        assert_eq!(oct(&format!("!{}", "A".repeat(682))), Err(Refusal::JwkMalformed), "it is not too long");
        assert_eq!(oct(&format!("!{}", "A".repeat(683))), Err(Refusal::SecretTooLong));
        assert_eq!(oct(&format!("!{}", "A".repeat(300))), Err(Refusal::JwkMalformed));
        assert_eq!(key(r#""kty":"oct""#), Err(Refusal::JwkMalformed));
        assert_eq!(key(r#""k":"AAAA""#), Err(Refusal::JwkMalformed));
        assert_eq!(Jwk::parse(b"[]").err(), Some(Refusal::JwkMalformed));
    }

    #[test]
    fn names_are_shown() {
        let text = format!(r#"{{{EC},"kid":"k1"}}"#);
        let jwk = Jwk::parse(text.as_bytes()).unwrap();
        assert!(jwk.key_type() == *"EC" && jwk.curve().unwrap() == *"P-256" && jwk.key_id().unwrap() == *"k1");
    }

    #[test]
    fn debug_shows_no_material() {
        let text = format!("{{{OCT}}}");
        let shown = format!("{:?}", Jwk::parse(text.as_bytes()).unwrap());
        assert!(shown.contains("oct") && !shown.contains("AyM1"), "{shown}");
    }
}
