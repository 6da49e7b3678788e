//! Why a key cannot be used: a frozen number, and in words what is wrong with it and what is allowed.

use glowband_core::Refusal;
use std::fmt;

/// Why a key cannot be used: the member of a JWK or the line of a PEM text that is at fault, and what is allowed.
///
/// It shows names, types and lengths, never a byte of key material.
///
/// ```
/// use glowband_verify::{KeyFileError, KeyReader};
///
/// let error = KeyReader::new().parse(br#"{"kty":"RSA","n":"AQ","e":"AQAB"}"#).unwrap_err();
/// let KeyFileError::Refused(fault) = &error else { panic!() };
/// assert_eq!((fault.code(), fault.at_member()), (65, Some("n")));
/// assert_eq!(fault.to_string(), "n has 1 bit; allowed: 2048 to 8192.");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFault {
    refusal: Refusal,
    place: Place,
    /// What is wrong and what is allowed; the refusal's own sentence if it is empty.
    words: Box<str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Whole,
    Member(&'static str),
    Line(usize),
}

impl KeyFault {
    /// Something about the key as a whole, as a sentence without its full stop.
    pub(crate) fn whole(refusal: Refusal, words: impl Into<Box<str>>) -> Self {
        Self { refusal, place: Place::Whole, words: words.into() }
    }

    /// What a member of a JWK does wrong: `has 1024 bits; allowed: 2048 to 8192`.
    pub(crate) fn member(refusal: Refusal, member: &'static str, words: impl Into<Box<str>>) -> Self {
        Self { refusal, place: Place::Member(member), words: words.into() }
    }

    /// What is wrong with a line, counted from 1.
    pub(crate) fn line(refusal: Refusal, line: usize, words: impl Into<Box<str>>) -> Self {
        Self { refusal, place: Place::Line(line), words: words.into() }
    }

    /// The refusal, whose number and name are the same in every language.
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }

    /// The refusal's frozen number.
    pub fn code(&self) -> u8 {
        self.refusal.code()
    }

    /// The member of the JWK that is at fault, if it is one.
    pub fn at_member(&self) -> Option<&'static str> {
        match self.place {
            Place::Member(member) => Some(member),
            _ => None,
        }
    }

    /// The line of the text that is at fault, counted from 1, if it is one.
    pub fn at_line(&self) -> Option<usize> {
        match self.place {
            Place::Line(line) => Some(line),
            _ => None,
        }
    }
}

impl From<Refusal> for KeyFault {
    fn from(refusal: Refusal) -> Self {
        Self::whole(refusal, "")
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            _ if self.words.is_empty() => self.refusal.fmt(f),
            Place::Whole => write!(f, "{}.", self.words),
            Place::Member(member) => write!(f, "{member} {}.", self.words),
            Place::Line(line) => write!(f, "Line {line}: {}.", self.words),
        }
    }
}

impl std::error::Error for KeyFault {}

/// `1 bit`, `2 bits`.
pub(crate) fn counted(count: usize, unit: &str) -> String {
    if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

/// A name that was written into a key file by others: quoted, without control characters, and cut.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 64;
    let start: String = text.chars().take(MOST).collect();
    let more = if text.chars().nth(MOST).is_some() { "…" } else { "" };
    format!("{start:?}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_place_and_ends_as_a_sentence() {
        let fault = KeyFault::member(Refusal::ModulusSize, "n", "has 1024 bits; allowed: 2048 to 8192");
        assert_eq!(fault.to_string(), "n has 1024 bits; allowed: 2048 to 8192.");
        assert_eq!((fault.code(), fault.at_member(), fault.at_line()), (65, Some("n"), None));
        let fault = KeyFault::line(Refusal::KeyMalformed, 7, "a character is not base64");
        assert_eq!(fault.to_string(), "Line 7: a character is not base64.");
        assert_eq!((fault.at_member(), fault.at_line()), (None, Some(7)));
        assert_eq!(KeyFault::from(Refusal::PointInvalid).to_string(), Refusal::PointInvalid.sentence());
    }

    #[test]
    fn what_others_wrote_is_cut_and_harmless() {
        assert_eq!(shown("RS\n\u{1b}[0m"), r#""RS\n\u{1b}[0m""#);
        assert_eq!(shown(&"k".repeat(100)), format!("\"{}\"…", "k".repeat(64)));
        assert_eq!((counted(1, "bit"), counted(0, "bit")), ("1 bit".to_owned(), "0 bits".to_owned()));
    }
}
