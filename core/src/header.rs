//! The JOSE header (RFC 7515 §4): `alg`, `typ` and `kid` as types. Headers with forbidden members are refused.
//!
//! `jwk`, `jku`, `x5c` and `x5u` are ignored: a token does not choose the key that verifies it.

use crate::Refusal;
use crate::alg::Algorithm;
use crate::json::{Fault, Place, ShortName, Text, walk};
use crate::limits::Limits;
use core::fmt;
use core::ops::Range;

const ALG: ShortName = ShortName::of("alg");
const KID: ShortName = ShortName::of("kid");
const TYP: ShortName = ShortName::of("typ");
const CRIT: ShortName = ShortName::of("crit");
const B64: ShortName = ShortName::of("b64");
const ZIP: ShortName = ShortName::of("zip");
const ENC: ShortName = ShortName::of("enc");

/// The members of a header that a verification uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'t> {
    json: &'t [u8],
    algorithm: Algorithm,
    key_id: Option<Place>,
    token_type: Option<Place>,
}

impl<'t> Header<'t> {
    /// Returns `alg`, the algorithm of the token and of the key that verified it.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns `kid`, the identifier of the key.
    pub fn key_id(&self) -> Option<Text<'t>> {
        self.key_id?.within(self.json).text()
    }

    /// Returns the range of the string `kid`, as it is written, in [`json`](Self::json).
    pub(crate) fn key_id_range(&self) -> Option<Range<usize>> {
        self.key_id.map(Place::range)
    }

    /// Returns `typ`, the media type of the token, as it is written.
    pub fn token_type(&self) -> Option<Text<'t>> {
        self.token_type?.within(self.json).text()
    }

    /// Returns the whole header as JSON.
    pub fn json(&self) -> &'t [u8] {
        self.json
    }

    /// Reads a decoded header.
    ///
    /// # Errors
    /// Any refusal of class [`Header`](crate::Class::Header), and those of [`Limits`].
    pub fn read(json: &'t [u8], limits: &Limits) -> Result<Self, Refusal> {
        let (mut alg, mut kid, mut typ) = (None, None, None);
        let (mut critical, mut forbidden) = (false, false);
        walk(json, limits, &mut |name, member| match name {
            ALG => alg = Some(member.value()),
            KID => kid = Some(member.value()),
            TYP => typ = Some(member.value()),
            CRIT => critical = true,
            B64 | ZIP | ENC => forbidden = true,
            _ => {}
        })
        .map_err(refusal)?;
        if critical {
            return Err(Refusal::CriticalHeader);
        }
        if forbidden {
            return Err(Refusal::HeaderForbidden);
        }
        let malformed = |place: &Option<Place>| place.is_some_and(|place| place.within(json).text().is_none());
        if [alg, kid, typ].iter().any(malformed) {
            return Err(Refusal::HeaderMalformed);
        }
        let alg = alg.and_then(|place: Place| place.within(json).text()).ok_or(Refusal::AlgorithmMissing)?;
        Ok(Self { json, algorithm: algorithm(alg)?, key_id: kid, token_type: typ })
    }

    /// Returns true if `typ` is this media type; `None` without a `typ`. Case and a leading `application/` are ignored
    /// (RFC 7515 §4.1.9).
    pub fn is_of_type(&self, expected: &str) -> Option<bool> {
        let typ = strip_application(self.token_type()?.bytes());
        let expected = strip_application(expected.bytes());
        Some(typ.map(|byte| byte.to_ascii_lowercase()).eq(expected.map(|byte| byte.to_ascii_lowercase())))
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id())
            .field("token_type", &self.token_type())
            .finish()
    }
}

fn algorithm(alg: Text<'_>) -> Result<Algorithm, Refusal> {
    if let Some(algorithm) = Algorithm::from_text(alg) {
        return Ok(algorithm);
    }
    let none = alg.bytes().map(|byte| byte.to_ascii_lowercase()).eq(*b"none");
    Err(if none { Refusal::AlgorithmNone } else { Refusal::AlgorithmUnsupported })
}

fn strip_application<I: Iterator<Item = u8> + Clone>(typ: I) -> I {
    let mut rest = typ.clone();
    let prefixed = b"application/".iter().all(|expected| rest.next().is_some_and(|c| c.eq_ignore_ascii_case(expected)));
    if prefixed { rest } else { typ }
}

fn refusal(fault: Fault) -> Refusal {
    match fault {
        Fault::Malformed | Fault::NotAnObject => Refusal::HeaderNotJson,
        Fault::Duplicate => Refusal::HeaderDuplicate,
        Fault::TooDeep => Refusal::NestingTooDeep,
        Fault::TooManyMembers => Refusal::TooManyMembers,
        Fault::TooLong => Refusal::TokenTooLong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_JSON;

    fn read(json: &str) -> Result<Header<'_>, Refusal> {
        Header::read(json.as_bytes(), &Limits::DEFAULT)
    }

    #[test]
    fn known_members_are_typed() {
        let header = read(r#"{"typ":"at+JWT","alg":"ES256","kid":"k\u0031","jwk":{"kty":"oct"},"x5u":7}"#).unwrap();
        assert_eq!(header.algorithm(), Algorithm::Es256);
        assert_eq!(header.key_id().unwrap(), *"k1");
        assert_eq!(header.token_type().unwrap(), *"at+JWT");
        assert_eq!(read(r#"{"alg":"\u0048S256"}"#).unwrap().algorithm(), Algorithm::Hs256);
        assert_eq!(read(r#"{"alg":"Ed25519"}"#).unwrap().algorithm(), Algorithm::EdDsa);
        assert_eq!(read(r#"{"alg":"\u0045d25519"}"#).unwrap().algorithm(), Algorithm::EdDsa);
    }

    #[test]
    fn the_whole_is_shown_as_it_came_and_debug_shows_what_is_known() {
        let json = r#"{"alg":"ES256","kid":"k","x":1}"#;
        let header = read(json).unwrap();
        assert_eq!(header.json(), json.as_bytes());
        assert_eq!(format!("{header:?}"), r#"Header { algorithm: Es256, key_id: Some("k"), token_type: None }"#);
    }

    #[test]
    fn what_is_wrong_has_its_own_refusal() {
        for (json, refusal) in [
            ("", Refusal::HeaderNotJson),
            ("[]", Refusal::HeaderNotJson),
            (r#"{"alg":"HS256","alg":"HS256"}"#, Refusal::HeaderDuplicate),
            (r#"{"alg":"HS256","\u0061lg":"HS256"}"#, Refusal::HeaderDuplicate),
            ("{}", Refusal::AlgorithmMissing),
            (r#"{"alg":256}"#, Refusal::HeaderMalformed),
            (r#"{"alg":null}"#, Refusal::HeaderMalformed),
            (r#"{"alg":["HS256"]}"#, Refusal::HeaderMalformed),
            (r#"{"alg":"HS256","kid":1}"#, Refusal::HeaderMalformed),
            (r#"{"alg":"HS256","typ":null}"#, Refusal::HeaderMalformed),
            (r#"{"alg":"none"}"#, Refusal::AlgorithmNone),
            (r#"{"alg":"nOnE"}"#, Refusal::AlgorithmNone),
            (r#"{"alg":"n\u006fne"}"#, Refusal::AlgorithmNone),
            (r#"{"alg":""}"#, Refusal::AlgorithmUnsupported),
            (r#"{"alg":"hs256"}"#, Refusal::AlgorithmUnsupported),
            (r#"{"alg":"HS256 "}"#, Refusal::AlgorithmUnsupported),
            (r#"{"alg":"HS256","crit":[]}"#, Refusal::CriticalHeader),
            (r#"{"alg":"HS256","crit":null}"#, Refusal::CriticalHeader),
            (r#"{"alg":"HS256","b64":true}"#, Refusal::HeaderForbidden),
            (r#"{"alg":"HS256","zip":"DEF"}"#, Refusal::HeaderForbidden),
            (r#"{"alg":"HS256","enc":"A128GCM"}"#, Refusal::HeaderForbidden),
        ] {
            assert_eq!(read(json).err(), Some(refusal), "{json}");
        }
    }

    #[test]
    fn a_header_ends_at_64_kib() {
        let padded = |length: usize| format!(r#"{{"alg":"HS256","x":"{}"}}"#, "x".repeat(length - 22));
        assert_eq!(padded(MAX_JSON).len(), MAX_JSON);
        assert_eq!(read(&padded(MAX_JSON)).unwrap().algorithm(), Algorithm::Hs256);
        assert_eq!(read(&padded(MAX_JSON + 1)).err(), Some(Refusal::TokenTooLong));
    }

    #[test]
    fn a_type_is_compared_without_case_and_prefix() {
        for (typ, expected, same) in [
            ("at+jwt", "at+jwt", true),
            ("AT+JWT", "at+jwt", true),
            ("application/at+jwt", "at+jwt", true),
            ("Application/AT+jwt", "at+JWT", true),
            ("at+jwt", "application/at+jwt", true),
            ("JWT", "at+jwt", false),
            ("at+jwt2", "at+jwt", false),
            ("application/application/at+jwt", "at+jwt", false),
            ("text/at+jwt", "at+jwt", false),
            ("", "at+jwt", false),
        ] {
            let json = format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#);
            assert_eq!(read(&json).unwrap().is_of_type(expected), Some(same), "{typ} {expected}");
        }
        assert_eq!(read(r#"{"alg":"ES256"}"#).unwrap().is_of_type("JWT"), None);
    }
}
