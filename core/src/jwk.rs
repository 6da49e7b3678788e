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
/// Unknown members and those that are `null` are ignored, and private ones never looked at. `Debug` shows no key material.
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
            // A member that is null says as much as none.
            if value.is_null() {
                return;
            }
            let place = match name {
                KTY => &mut kty,
                CRV => &mut crv,
                ALG => &mut alg,
                KID => &mut kid,
                USE => &mut usage,
                KEY_OPS => {
                    match value.array() {
                        Some(operations) => {
                            // An empty list names no operation, and forbids none.
                            let mut verify = operations.elements().next().is_none();
                            for operation in operations.elements() {
                                well_typed &= operation.text().is_some();
                                verify |= is_text(operation, "verify");
                            }
                            may_verify &= verify;
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
        may_verify &= usage.is_none_or(|usage: Text<'_>| usage == *"sig" || usage == *"jwt-svid");
        Ok(Self { text, kty, crv, alg, kid, may_verify })
    }

    /// The whole JWK as it was handed in; it may hold private members.
    pub fn json(&self) -> &'t [u8] {
        self.text
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

    /// Checks that the key may verify signatures by `algorithm`: `use` is `sig`, `jwt-svid` (SPIFFE) or absent,
    /// `key_ops` has `verify`, is empty or absent, `alg` is that algorithm or absent (RFC 7517 §4.2–4.4).
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

    /// Decodes a base64url member, such as `x`, `n` or `k`, into the front of `buffer` (in constant time). Padding with
    /// `=` to a multiple of four characters is accepted.
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
        Base64UrlUnpadded::decode(without_padding(text), buffer).map_err(|_| Refusal::JwkMalformed)
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
        if self.may_verify && matches!(self.algorithm(), Ok(Some(Algorithm::Hs384 | Algorithm::Hs512))) {
            return Err(Refusal::KeyUnsupported);
        }
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
                && text.is_some_and(|text| without_padding(text).len() > (MAX_JWK_SECRET * 4).div_ceil(3));
        });
        if shown.is_ok() && long { Refusal::SecretTooLong } else { refusal }
    }

    #[cfg(feature = "es256")]
    fn point(&self) -> Result<Key, Refusal> {
        self.permit(Algorithm::Es256)?;
        crate::Es256Key::from_coordinates(&self.coordinate("x")?, &self.coordinate("y")?).map(Key::Es256)
    }

    /// A coordinate has the full length of the field (RFC 7518 §6.2.1.2). Some issuers write the number instead, without
    /// its leading zeros, or with one more: it is the same number.
    #[cfg(feature = "es256")]
    fn coordinate(&self, member: &str) -> Result<[u8; 32], Refusal> {
        let mut buffer = [0; 33];
        let written = self.bytes(member, &mut buffer)?;
        let mut coordinate = [0; 32];
        let mut places = coordinate.iter_mut().rev();
        for octet in written.iter().rev() {
            match places.next() {
                Some(place) => *place = *octet,
                None if *octet == 0 => {}
                None => return Err(Refusal::JwkMalformed),
            }
        }
        if written.is_empty() { Err(Refusal::JwkMalformed) } else { Ok(coordinate) }
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

/// Takes the padding from base64url whose length is a multiple of four with it.
fn without_padding(text: &str) -> &str {
    let bare = text.strip_suffix('=').map(|one| one.strip_suffix('=').unwrap_or(one));
    bare.filter(|_| text.len().is_multiple_of(4)).unwrap_or(text)
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
            (r#""alg":"ES512""#, Refusal::JwkAlgorithmConflict),
            (r#""alg":"ES256K""#, Refusal::KeyUnsupported),
            (r#""alg":"""#, Refusal::KeyUnsupported),
            (r#""use":"x509-svid""#, Refusal::JwkMayNotVerify),
            (r#""use":"""#, Refusal::JwkMayNotVerify),
            (r#""use":"enc""#, Refusal::JwkMayNotVerify),
            (r#""key_ops":["sign"]"#, Refusal::JwkMayNotVerify),
            (r#""key_ops":[],"use":"enc""#, Refusal::JwkMayNotVerify),
            (r#""key_ops":[null]"#, Refusal::JwkMalformed),
            (r#""key_ops":"verify""#, Refusal::JwkMalformed),
            (r#""key_ops":["verify",1]"#, Refusal::JwkMalformed),
            (r#""key_ops":["verify"],"use":"enc""#, Refusal::JwkMayNotVerify),
            (r#""key_ops":["sign"],"use":"sig""#, Refusal::JwkMayNotVerify),
            (r#""use":7"#, Refusal::JwkMalformed),
            (r#""alg":{}"#, Refusal::JwkMalformed),
            (r#""kid":1"#, Refusal::JwkMalformed),
            (r#""crv":"P-256""#, Refusal::JwkMalformed),
        ] {
            assert_eq!(key(&format!("{EC},{members}")), Err(refusal), "{members}");
        }
        for members in [
            r#""key_ops":["sign","verify"],"use":"sig""#,
            r#""key_ops":[]"#,
            r#""key_ops":[ ],"use":"sig","alg":"ES256""#,
            r#""use":"jwt-svid""#,
        ] {
            assert_eq!(key(&format!("{EC},{members}")), Ok(Algorithm::Es256), "{members}");
        }
        for (alg, refusal) in [
            ("HS384", Refusal::KeyUnsupported),
            ("HS512", Refusal::KeyUnsupported),
            ("RS256", Refusal::JwkAlgorithmConflict),
        ] {
            assert_eq!(key(&format!(r#"{OCT},"alg":"{alg}""#)), Err(refusal), "{alg}");
            assert_eq!(key(&format!(r#"{OCT},"alg":"{alg}","use":"enc""#)), Err(Refusal::JwkMayNotVerify), "{alg}");
        }
    }

    #[test]
    fn null_is_no_member() {
        for name in ["alg", "kid", "use", "key_ops", "x5c", "d", "n"] {
            let text = format!(r#"{{{EC},"{name}":null}}"#);
            let jwk = Jwk::parse(text.as_bytes()).unwrap();
            assert_eq!(jwk.key().map(|key| key.algorithm()), Ok(Algorithm::Es256), "{name}");
            assert!(jwk.key_id().is_none() && jwk.algorithm() == Ok(None));
        }
        assert_eq!(key(&format!(r#"{OCT},"crv":null"#)), Ok(Algorithm::Hs256));
        assert_eq!(key(&EC.replace("\"EC\"", "null")), Err(Refusal::JwkMalformed));
        assert_eq!(key(&EC.replace("\"P-256\"", "null")), Err(Refusal::JwkMalformed));
        assert_eq!(key(r#""kty":"EC","crv":"P-256","x":null,"y":null"#), Err(Refusal::JwkMalformed));
        assert_eq!(key(r#""kty":"oct","k":null"#), Err(Refusal::JwkMalformed));
    }

    #[test]
    fn a_coordinate_is_a_number_whatever_its_zeros() {
        // A key whose x begins with a zero octet.
        let ec = |x: &str, y: &str| key(&format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#));
        let y = "R2kJ5JvLL3t-Lk9I3gKR-aiF2jARF8BWfpT4jgN4TPU";
        let x: [u8; 31] = {
            let mut x = [0; 31];
            Base64UrlUnpadded::decode("SNQt3IFcB7rX9YugGRsvcpEwfovSKO63qztDHo1w7g", &mut x).unwrap();
            x
        };
        let written = |first: &[u8]| Base64UrlUnpadded::encode_string(&[first, &x].concat());
        for zeros in [&[][..], &[0], &[0, 0]] {
            assert_eq!(ec(&written(zeros), y), Ok(Algorithm::Es256), "{zeros:?}");
        }
        assert_eq!(ec(&written(&[1]), y), Err(Refusal::PointInvalid));
        assert_eq!(ec(&written(&[1, 0]), y), Err(Refusal::JwkMalformed));
        assert_eq!(ec(&written(&[0, 0, 0]), y), Err(Refusal::JwkMalformed), "34 octets");
        assert_eq!(ec(&written(&[])[1..], y), Err(Refusal::JwkMalformed), "no base64url any more");
        assert_eq!(ec(&written(&[])[4..], y), Err(Refusal::PointInvalid), "another number");
        assert_eq!(ec("", y), Err(Refusal::JwkMalformed));
    }

    #[test]
    fn padding_completes_four_characters() {
        let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let ec = |x: &str, y: &str| key(&format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#));
        assert_eq!(ec(&format!("{x}="), &format!("{y}=")), Ok(Algorithm::Es256));
        for wrong in ["==", "===", "====", "=A", " "] {
            assert_eq!(ec(&format!("{x}{wrong}"), y), Err(Refusal::JwkMalformed), "{wrong}");
        }
        assert_eq!(ec(&format!("{}=", &x[..42]), y), Err(Refusal::JwkMalformed));
        let oct = |k: &str| key(&format!(r#""kty":"oct","k":"{k}""#));
        assert_eq!(oct(&format!("{}==", "A".repeat(46))), Ok(Algorithm::Hs256), "34 bytes");
        assert_eq!(oct(&format!("{}=", "A".repeat(683))), Ok(Algorithm::Hs256), "512 bytes");
        assert_eq!(oct(&format!("{}==", "A".repeat(686))), Err(Refusal::SecretTooLong));
        assert_eq!(oct("="), Err(Refusal::JwkMalformed));
        assert_eq!(oct("===="), Err(Refusal::JwkMalformed));
    }

    #[test]
    fn material_is_checked() {
        let ec = |x: &str, y: &str| key(&format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#));
        let zero = "A".repeat(43);
        assert_eq!(ec(&zero, &zero), Err(Refusal::PointInvalid));
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
