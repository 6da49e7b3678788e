//! The seven registered claims (RFC 7519 §4.1), read in one pass.

use super::Audience;
use crate::Refusal;
use crate::json::{Fault, NumericDate, Text, Value, walk};
use crate::limits::Limits;

/// A registered claim: not there, there with a JSON type that it must not have, or there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim<T> {
    /// The claims set has no such member.
    Absent,
    /// The member has the wrong type; a token with one is always refused.
    Malformed,
    /// The claim's value.
    Present(T),
}

impl<T> Claim<T> {
    /// The value, if there is one.
    pub fn present(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Malformed => None,
        }
    }

    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Malformed, Self::Present)
    }

    /// The value or its absence; `malformed` for a wrong type.
    pub(crate) fn well_formed(self, malformed: Refusal) -> Result<Option<T>, Refusal> {
        match self {
            Self::Absent => Ok(None),
            Self::Malformed => Err(malformed),
            Self::Present(value) => Ok(Some(value)),
        }
    }
}

/// A claims set as it was read, not yet judged. On its own it proves nothing: see [`Verified`](crate::Verified).
#[derive(Clone, Copy, Debug)]
pub struct Claims<'t> {
    /// `iss`: who issued the token.
    pub issuer: Claim<Text<'t>>,
    /// `sub`: whom the token is about.
    pub subject: Claim<Text<'t>>,
    /// `aud`: for whom the token is meant.
    pub audience: Claim<Audience<'t>>,
    /// `exp`: from when on the token is void.
    pub expires_at: Claim<NumericDate>,
    /// `nbf`: before when the token is not valid.
    pub not_before: Claim<NumericDate>,
    /// `iat`: when the token was issued.
    pub issued_at: Claim<NumericDate>,
    /// `jti`: the token's own name.
    pub token_id: Claim<Text<'t>>,
}

impl<'t> Claims<'t> {
    /// Reads a claims set, wherever it comes from. Nothing is verified by that.
    ///
    /// # Errors
    /// Any refusal of class [`Payload`](crate::Class::Payload).
    pub fn read(json: &'t [u8], limits: &Limits) -> Result<Self, Refusal> {
        let mut claims = Self {
            issuer: Claim::Absent,
            subject: Claim::Absent,
            audience: Claim::Absent,
            expires_at: Claim::Absent,
            not_before: Claim::Absent,
            issued_at: Claim::Absent,
            token_id: Claim::Absent,
        };
        walk(json, limits, &mut |name, value| match () {
            () if name.is("iss") => claims.issuer = Claim::from(value.as_text()),
            () if name.is("sub") => claims.subject = Claim::from(value.as_text()),
            () if name.is("aud") => claims.audience = Claim::from(Audience::read(value)),
            () if name.is("exp") => claims.expires_at = Claim::from(date(value)),
            () if name.is("nbf") => claims.not_before = Claim::from(date(value)),
            () if name.is("iat") => claims.issued_at = Claim::from(date(value)),
            () if name.is("jti") => claims.token_id = Claim::from(value.as_text()),
            () => {}
        })
        .map_err(refusal)?;
        Ok(claims)
    }
}

/// The value of one member of a claims set that was read before.
pub(crate) fn member<'t>(json: &'t [u8], wanted: &str) -> Option<Value<'t>> {
    let mut found = None;
    let walked = walk(json, &Limits::DEFAULT, &mut |name, value| {
        if name.is(wanted) {
            found = Some(value);
        }
    });
    walked.ok().and(found)
}

fn date(value: Value<'_>) -> Option<NumericDate> {
    match value {
        Value::Number(number) => NumericDate::read(number.as_bytes()),
        _ => None,
    }
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
            let audience = text || value == "[\"a\"]";
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
                    "iss" => (claims.issuer.present().is_some(), claims.issuer == Claim::Malformed),
                    "sub" => (claims.subject.present().is_some(), claims.subject == Claim::Malformed),
                    "jti" => (claims.token_id.present().is_some(), claims.token_id == Claim::Malformed),
                    "aud" => (claims.audience.present().is_some(), claims.audience == Claim::Malformed),
                    "exp" => (claims.expires_at.present().is_some(), claims.expires_at == Claim::Malformed),
                    "nbf" => (claims.not_before.present().is_some(), claims.not_before == Claim::Malformed),
                    _ => (claims.issued_at.present().is_some(), claims.issued_at == Claim::Malformed),
                };
                assert_eq!((present, malformed), (allowed, !allowed), "{json}");
            }
        }
    }

    #[test]
    fn audiences_are_found_wherever_they_stand() {
        let claims = read(r#"{"aud":["a","b\u0062","c"]}"#);
        let audience = claims.audience.present().unwrap();
        assert!(audience.contains("a") && audience.contains("bb") && audience.contains("c"));
        assert!(!audience.contains("b") && !audience.contains(""));
        assert_eq!(read(r#"{"aud":"a"}"#).audience.present().unwrap().iter().count(), 1);
    }
}
