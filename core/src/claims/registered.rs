//! The seven registered claims (RFC 7519 §4.1), read in one pass.

use super::Audience;
use crate::Refusal;
use crate::json::{Fault, Member, NameSlot, NumericDate, Place, ShortName, Span, Text, Value, walk, walk_with_slots};
use crate::limits::Limits;
use core::fmt;
use core::ops::Range;

const ISS: ShortName = ShortName::of("iss");
const SUB: ShortName = ShortName::of("sub");
const AUD: ShortName = ShortName::of("aud");
const EXP: ShortName = ShortName::of("exp");
const NBF: ShortName = ShortName::of("nbf");
const IAT: ShortName = ShortName::of("iat");
const JTI: ShortName = ShortName::of("jti");

/// A registered claim: absent, of the wrong JSON type, or present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim<T> {
    /// The claims set has no such member.
    Absent,
    /// The member has the wrong type. Every token with such a member is refused.
    Malformed,
    /// The value of the claim.
    Present(T),
}

impl<T> Claim<T> {
    /// Returns the value, if there is one.
    pub fn present(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Malformed => None,
        }
    }

    /// Returns the value or its absence; `malformed` for a wrong type.
    #[inline(always)]
    pub(crate) fn well_formed(self, malformed: Refusal) -> Result<Option<T>, Refusal> {
        match self {
            Self::Absent => Ok(None),
            Self::Malformed => Err(malformed),
            Self::Present(value) => Ok(Some(value)),
        }
    }
}

/// A claims set that was read and not validated: see [`Verified`](crate::Verified) for a validated one.
///
/// Each claim is converted to its type by its method.
#[derive(Clone, Copy)]
pub struct Claims<'t> {
    json: &'t [u8],
    places: [Option<Place>; 7],
}

impl<'t> Claims<'t> {
    /// Reads a claims set without verifying anything.
    ///
    /// # Errors
    /// Any refusal of class [`Payload`](crate::Class::Payload).
    pub fn read(json: &'t [u8], limits: &Limits) -> Result<Self, Refusal> {
        let mut claims = Self::unread(json);
        claims.fill(limits)?;
        Ok(claims)
    }

    /// Reads a claims set that can have more members than [`MEMBERS_WITHOUT_SLOTS`](crate::MEMBERS_WITHOUT_SLOTS): up to
    /// the limit, one per slot.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with_slots(json: &'t [u8], limits: &Limits, slots: &mut [NameSlot]) -> Result<Self, Refusal> {
        let mut claims = Self::unread(json);
        claims.fill_with_slots(limits, slots)?;
        Ok(claims)
    }

    /// Creates a claims set whose claims are not read yet.
    #[inline(always)]
    pub(crate) fn unread(json: &'t [u8]) -> Self {
        Self { json, places: [None; 7] }
    }

    /// Reads the claims of a set from [`unread`](Self::unread).
    #[inline(always)]
    pub(crate) fn fill(&mut self, limits: &Limits) -> Result<(), Refusal> {
        let places = &mut self.places;
        walk(self.json, limits, &mut |name, member| note(places, name, member)).map_err(refusal)
    }

    /// As [`fill`](Self::fill), with slots.
    pub(crate) fn fill_with_slots(&mut self, limits: &Limits, slots: &mut [NameSlot]) -> Result<(), Refusal> {
        let places = &mut self.places;
        walk_with_slots(slots, self.json, limits, &mut |name, member| note(places, name, member)).map_err(refusal)
    }

    /// Returns the claims set as JSON.
    pub fn json(&self) -> &'t [u8] {
        self.json
    }

    /// Returns `iss`, the issuer.
    #[inline]
    pub fn issuer(&self) -> Claim<Text<'t>> {
        let [place, ..] = self.places;
        self.typed(place, Span::text)
    }

    /// Returns `sub`, the subject.
    #[inline]
    pub fn subject(&self) -> Claim<Text<'t>> {
        let [_, place, ..] = self.places;
        self.typed(place, Span::text)
    }

    /// Returns `aud`, the audience.
    #[inline]
    pub fn audience(&self) -> Claim<Audience<'t>> {
        let [_, _, place, ..] = self.places;
        self.typed(place, Audience::read)
    }

    /// Returns `exp`: the token has expired from this time on.
    #[inline]
    pub fn expires_at(&self) -> Claim<NumericDate> {
        let [_, _, _, place, ..] = self.places;
        self.typed(place, date)
    }

    /// Returns `nbf`: the token is not valid before this time.
    #[inline]
    pub fn not_before(&self) -> Claim<NumericDate> {
        let [.., place, _, _] = self.places;
        self.typed(place, date)
    }

    /// Returns `iat`, the time of issue.
    #[inline]
    pub fn issued_at(&self) -> Claim<NumericDate> {
        let [.., place, _] = self.places;
        self.typed(place, date)
    }

    /// Returns `jti`, the identifier of the token.
    #[inline]
    pub fn token_id(&self) -> Claim<Text<'t>> {
        let [.., place] = self.places;
        self.typed(place, Span::text)
    }

    /// Returns the ranges of the strings `iss`, `sub` and `jti`, as they are written, in [`json`](Self::json).
    pub(crate) fn string_ranges(&self) -> [Option<Range<usize>>; 3] {
        let [issuer, subject, .., token_id] = self.places;
        [issuer, subject, token_id].map(|place| place.map(Place::range))
    }

    #[inline(always)]
    fn typed<T>(&self, place: Option<Place>, read: impl Fn(Span<'t>) -> Option<T>) -> Claim<T> {
        match place {
            None => Claim::Absent,
            Some(place) => match read(place.within(self.json)) {
                Some(value) => Claim::Present(value),
                None => Claim::Malformed,
            },
        }
    }
}

impl fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("issuer", &self.issuer())
            .field("subject", &self.subject())
            .field("audience", &self.audience())
            .field("expires_at", &self.expires_at())
            .field("not_before", &self.not_before())
            .field("issued_at", &self.issued_at())
            .field("token_id", &self.token_id())
            .finish()
    }
}

/// Stores the place of a claim.
#[inline(always)]
fn note(places: &mut [Option<Place>; 7], name: ShortName, member: Member) {
    let index = match name {
        ISS => 0,
        SUB => 1,
        AUD => 2,
        EXP => 3,
        NBF => 4,
        IAT => 5,
        JTI => 6,
        _ => return,
    };
    if let Some(place) = places.get_mut(index) {
        *place = Some(member.value());
    }
}

/// Returns the value of a member of a claims set that was read before.
pub(crate) fn member<'t>(json: &'t [u8], wanted: &str) -> Option<Value<'t>> {
    let (_, value) =
        Span::outermost(json).members()?.find(|(name, _)| name.text().is_some_and(|name| name == *wanted))?;
    Value::new(value)
}

fn date(value: Span<'_>) -> Option<NumericDate> {
    NumericDate::read(value.number()?)
}

fn refusal(fault: Fault) -> Refusal {
    match fault {
        Fault::Malformed => Refusal::PayloadNotJson,
        Fault::NotAnObject => Refusal::PayloadNotObject,
        Fault::Duplicate => Refusal::PayloadDuplicate,
        Fault::TooDeep => Refusal::NestingTooDeep,
        Fault::TooManyMembers => Refusal::TooManyMembers,
        Fault::TooLong => Refusal::TokenTooLong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Claims<'_> {
        Claims::read(json.as_bytes(), &Limits::DEFAULT).unwrap()
    }

    #[test]
    fn every_registered_claim_has_its_types_and_no_other() {
        let values = [
            "\"text\"",
            "1",
            "1.5",
            "-1",
            "true",
            "false",
            "null",
            "{}",
            "[]",
            "[\"a\"]",
            "[1]",
            "[\"a\",1]",
            "[[\"a\"]]",
        ];
        for value in values {
            let text = value.starts_with('"');
            let number = value.parse::<f64>().is_ok();
            let audience = text || matches!(value, "[]" | "[\"a\"]");
            for (name, allowed) in [
                ("iss", text),
                ("sub", text),
                ("jti", text),
                ("aud", audience),
                ("exp", number),
                ("nbf", number),
                ("iat", number),
            ] {
                let json = format!("{{\"{name}\":{value}}}");
                let claims = read(&json);
                let (present, malformed) = match name {
                    "iss" => (claims.issuer().present().is_some(), claims.issuer() == Claim::Malformed),
                    "sub" => (claims.subject().present().is_some(), claims.subject() == Claim::Malformed),
                    "jti" => (claims.token_id().present().is_some(), claims.token_id() == Claim::Malformed),
                    "aud" => (claims.audience().present().is_some(), claims.audience() == Claim::Malformed),
                    "exp" => (claims.expires_at().present().is_some(), claims.expires_at() == Claim::Malformed),
                    "nbf" => (claims.not_before().present().is_some(), claims.not_before() == Claim::Malformed),
                    _ => (claims.issued_at().present().is_some(), claims.issued_at() == Claim::Malformed),
                };
                assert_eq!((present, malformed), (allowed, !allowed), "{json}");
            }
        }
    }

    #[test]
    fn all_are_shown() {
        let json = r#"{"iss":"i","sub":"s","aud":"a","exp":9,"nbf":1.5,"jti":7}"#;
        let claims = read(json);
        assert_eq!(claims.json(), json.as_bytes());
        let shown = format!("{claims:?}");
        for part in ["issuer: Present(\"i\")", "subject: Present(\"s\")", "issued_at: Absent", "token_id: Malformed"] {
            assert!(shown.contains(part), "{shown}");
        }
        assert!(member(json.as_bytes(), "exp").is_some() && member(json.as_bytes(), "x").is_none());
    }

    #[test]
    fn audiences_are_found_wherever_they_stand() {
        let claims = read(r#"{"aud":["a","b\u0062","c"]}"#);
        let audience = claims.audience().present().unwrap();
        assert!(audience.contains("a") && audience.contains("bb") && audience.contains("c"));
        assert!(!audience.contains("b") && !audience.contains(""));
        assert_eq!(read(r#"{"aud":"a"}"#).audience().present().unwrap().iter().count(), 1);
    }
}
