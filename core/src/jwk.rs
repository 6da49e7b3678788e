//! JSON Web Keys (RFC 7517), read without a copy. `oct` and `EC` P-256 become keys here; other crates support more types.

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

/// A JWK whose members were read. Its own `use`, `key_ops` and `alg` restrict what it can be used for.
///
/// Unknown members, `null` members and private members are ignored. `Debug` shows no key material.
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
            // A member that is null counts as absent.
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
                            // An empty list restricts nothing.
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

    /// Returns the whole JWK as it was parsed, including private members.
    pub fn json(&self) -> &'t [u8] {
        self.text
    }

    /// Returns `kty`, the type of the key: `oct`, `EC`, `RSA` or `OKP`.
    pub fn key_type(&self) -> Text<'t> {
        self.kty
    }

    /// Returns `crv`, the curve of an `EC` or `OKP` key.
    pub fn curve(&self) -> Option<Text<'t>> {
        self.crv
    }

    /// Returns `kid`, the identifier of the key.
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

    /// Returns `alg`, the only algorithm of the key. `Ok(None)` if it names none.
    ///
    /// # Errors
    /// [`Refusal::KeyUnsupported`] if it names one that is not supported.
    pub fn algorithm(&self) -> Result<Option<Algorithm>, Refusal> {
        match self.alg {
            Some(alg) => Algorithm::from_text(alg).map(Some).ok_or(Refusal::KeyUnsupported),
            None => Ok(None),
        }
    }

    /// Returns the members `x` and `y` of a key on P-256 as a SEC1 point: 4, then 32 bytes each. Whether the point is on
    /// the curve, and what `kty`, `crv` and `alg` say, is not checked here.
    ///
    /// # Errors
    /// [`Refusal::JwkMalformed`] if a member is missing, is not base64url, or is too large for the curve.
    pub fn p256_point(&self) -> Result<[u8; 65], Refusal> {
        let mut point = [4; 65];
        let (coordinates, _) = point.split_at_mut(1).1.as_chunks_mut();
        for (name, place) in ["x", "y"].into_iter().zip(coordinates) {
            *place = self.coordinate(name)?;
        }
        Ok(point)
    }

    /// Reads a coordinate, which has the full length of the field (RFC 7518 §6.2.1.2). Some issuers write the same number
    /// without leading zeros, or with one more.
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

    /// Makes a key for the algorithm of its type and curve: HS256 for `oct`, ES256 for `EC` P-256.
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
        // The copy of the secret on the stack is not needed any more.
        buffer.fill(0);
        core::hint::black_box(&buffer);
        key.map(Key::Hs256)
    }

    /// Distinguishes a secret that is too long from one that is not base64url.
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

/// Removes the padding from base64url that is padded to a multiple of four.
fn without_padding(text: &str) -> &str {
    let bare = text.strip_suffix('=').map(|one| one.strip_suffix('=').unwrap_or(one));
    bare.filter(|_| text.len().is_multiple_of(4)).unwrap_or(text)
}

fn is_text(value: Span<'_>, expected: &str) -> bool {
    value.text().is_some_and(|text| text == *expected)
}

#[cfg(all(test, feature = "hs256", feature = "es256"))]
mod tests;
