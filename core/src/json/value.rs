//! Values: as places in a document while it is walked, and as types for callers.

use super::lexer::{Lexer, Quoted};
use super::text::Text;
use core::ops::Range;

/// The kind of a value. Strings with escapes have their own kind, because they must be unescaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    EscapedText,
    Number,
    True,
    False,
    Null,
    Object,
    Array,
}

/// The place of a value in its document, which has at most 64 KiB. Small, because a token has many values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    start: u16,
    end: u16,
    kind: Kind,
}

impl Place {
    /// Makes a place from byte offsets. Those of a string exclude its quotes.
    pub(crate) fn new(start: usize, end: usize, kind: Kind) -> Option<Self> {
        Some(Self { start: u16::try_from(start).ok()?, end: u16::try_from(end).ok()?, kind })
    }

    /// Returns the range of the value in its document.
    pub(crate) fn range(self) -> Range<usize> {
        usize::from(self.start)..usize::from(self.end)
    }

    /// Returns the value in `document`, which must be the document that was walked.
    #[inline(always)]
    pub(crate) fn within(self, document: &[u8]) -> Span<'_> {
        let written = document.get(self.range()).unwrap_or_default();
        Span { written, kind: self.kind }
    }
}

/// A value as it is written: a string's content, a number's digits, an object with its braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span<'t> {
    written: &'t [u8],
    kind: Kind,
}

impl<'t> Span<'t> {
    /// Returns the string, if it is one.
    #[inline(always)]
    pub(crate) fn text(self) -> Option<Text<'t>> {
        match self.kind {
            Kind::Text => Some(Text::new(self.written, false)),
            Kind::EscapedText => Some(Text::new(self.written, true)),
            _ => None,
        }
    }

    /// Returns the digits, if it is a number.
    pub(crate) fn number(self) -> Option<&'t [u8]> {
        (self.kind == Kind::Number).then_some(self.written)
    }

    pub(crate) fn is_null(self) -> bool {
        self.kind == Kind::Null
    }

    /// Returns the array, if it is one.
    pub(crate) fn array(self) -> Option<Array<'t>> {
        (self.kind == Kind::Array).then_some(Array { written: self.written })
    }
}

impl<'t> Span<'t> {
    /// Returns the outermost object of a validated document.
    pub(crate) fn outermost(document: &'t [u8]) -> Self {
        Self { written: document.trim_ascii(), kind: Kind::Object }
    }

    /// Returns the text of the value: a string without its quotes, anything else as JSON.
    #[cfg(feature = "serde")]
    pub(crate) fn written(self) -> &'t [u8] {
        self.written
    }

    /// Returns the name and the value of each member, in order, if it is an object.
    pub(crate) fn members(self) -> Option<impl Iterator<Item = (Span<'t>, Span<'t>)> + use<'t>> {
        let lexer = Lexer::new(self.written);
        let mut at = 0;
        let members = core::iter::from_fn(move || {
            let (name, behind) = known_value(lexer, known_item(lexer, at)?)?;
            let colon = lexer.space(behind);
            let (value, behind) = known_value(lexer, lexer.space(colon + 1))?;
            at = lexer.space(behind);
            Some((name, value))
        });
        (self.kind == Kind::Object).then_some(members)
    }
}

/// An array inside a document that was validated, brackets included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Array<'t> {
    written: &'t [u8],
}

impl<'t> Array<'t> {
    /// Returns the elements, in order.
    pub(crate) fn elements(self) -> impl Iterator<Item = Span<'t>> + use<'t> {
        let lexer = Lexer::new(self.written);
        let mut at = 0;
        core::iter::from_fn(move || {
            let (span, behind) = known_value(lexer, known_item(lexer, at)?)?;
            at = lexer.space(behind);
            Some(span)
        })
    }
}

/// A JSON value of a token or a key, borrowed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'t> {
    /// A string.
    Text(Text<'t>),
    /// A number, as it is written.
    Number(&'t str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An object, as it is written, braces included.
    Object(&'t str),
    /// An array, as it is written, brackets included.
    Array(&'t str),
}

impl<'t> Value<'t> {
    /// `None` only for bytes that are not UTF-8, which the lexer has excluded.
    pub(crate) fn new(span: Span<'t>) -> Option<Self> {
        let written = || core::str::from_utf8(span.written).ok();
        Some(match span.kind {
            Kind::Text | Kind::EscapedText => Self::Text(span.text()?),
            Kind::Number => Self::Number(written()?),
            Kind::True => Self::Bool(true),
            Kind::False => Self::Bool(false),
            Kind::Null => Self::Null,
            Kind::Object => Self::Object(written()?),
            Kind::Array => Self::Array(written()?),
        })
    }

    /// Returns the string, if it is one.
    pub fn as_text(&self) -> Option<Text<'t>> {
        match self {
            Self::Text(text) => Some(*text),
            _ => None,
        }
    }

    /// Returns the integer, if it is written without fraction and exponent and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// Returns the boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the elements, if it is an array.
    pub fn as_array(&self) -> Option<impl Iterator<Item = Value<'t>> + use<'t>> {
        match self {
            Self::Array(array) => Some(Array { written: array.as_bytes() }.elements().filter_map(Self::new)),
            _ => None,
        }
    }
}

/// Skips the opening bracket or the comma at `at` in a validated document. Returns the offset of the next element or
/// member, if there is one.
fn known_item(lexer: Lexer<'_>, at: usize) -> Option<usize> {
    let start = lexer.space(at + 1);
    lexer.byte(start).filter(|byte| !matches!(byte, b']' | b'}'))?;
    Some(start)
}

/// Skips a value of a validated document.
fn known_value(lexer: Lexer<'_>, start: usize) -> Option<(Span<'_>, usize)> {
    let (end, kind) = match lexer.byte(start)? {
        b'"' => {
            let Quoted { end, escaped } = lexer.string(start).ok()?;
            let kind = if escaped { Kind::EscapedText } else { Kind::Text };
            return Some((Span { written: lexer.slice(start + 1, end), kind }, end + 1));
        }
        b'{' => (behind_brackets(lexer, start)?, Kind::Object),
        b'[' => (behind_brackets(lexer, start)?, Kind::Array),
        b't' => (start + 4, Kind::True),
        b'f' => (start + 5, Kind::False),
        b'n' => (start + 4, Kind::Null),
        _ => (lexer.number(start).ok()?, Kind::Number),
    };
    Some((Span { written: lexer.slice(start, end), kind }, end))
}

/// Returns the offset after the bracket that closes the one at `at`.
fn behind_brackets(lexer: Lexer<'_>, mut at: usize) -> Option<usize> {
    let mut depth = 0u32;
    loop {
        match lexer.byte(at)? {
            b'"' => at = lexer.string(at).ok()?.end,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_a_valid_array() {
        let read = |array| {
            let elements = Value::Array(array).as_array().unwrap();
            elements.map(|value| format!("{value:?}")).collect::<Vec<_>>()
        };
        assert!(read("[]").is_empty());
        assert!(read("[ ]").is_empty());
        assert_eq!(
            read(r#"[ "a,]" , 1.5e3 ,true,null , {"x":[1,"}"]} ,[[],[ ]] ]"#),
            [
                r#"Text("a,]")"#,
                r#"Number("1.5e3")"#,
                "Bool(true)",
                "Null",
                r#"Object("{\"x\":[1,\"}\"]}")"#,
                r#"Array("[[],[ ]]")"#
            ]
        );
    }

    #[test]
    fn a_value_is_what_it_is_and_nothing_else() {
        let shown = |value: Value<'_>| {
            let array = value.as_array().map(Iterator::count);
            (value.as_text().map(|text| text.to_string()), value.as_i64(), value.as_bool(), array)
        };
        assert_eq!(shown(Value::Text(Text::new(b"a", false))), (Some("a".to_owned()), None, None, None));
        assert_eq!(shown(Value::Number("-17")), (None, Some(-17), None, None));
        assert_eq!(shown(Value::Number("9223372036854775808")), (None, None, None, None));
        assert_eq!(shown(Value::Number("1e2")), (None, None, None, None));
        assert_eq!(shown(Value::Bool(true)), (None, None, Some(true), None));
        assert_eq!(shown(Value::Bool(false)), (None, None, Some(false), None));
        assert_eq!(shown(Value::Array("[1,2]")), (None, None, None, Some(2)));
        assert_eq!(shown(Value::Null), (None, None, None, None));
        assert_eq!(shown(Value::Object("{}")), (None, None, None, None));
    }

    #[test]
    fn members_of_a_valid_object() {
        let read = |document: &'static str| {
            let members = Span::outermost(document.as_bytes()).members().unwrap();
            let text =
                |(name, value): (Span<'_>, Span<'_>)| format!("{} {:?}", name.text().unwrap(), Value::new(value));
            members.map(text).collect::<Vec<_>>()
        };
        assert!(read("{}").is_empty());
        assert!(read(" \n{ } ").is_empty());
        assert_eq!(
            read(r#" { "a}" : "b," , "\u0063":[1,{"d":"]"}],"e":{ "f" : { } } , "":0 } "#),
            [
                r#"a} Some(Text("b,"))"#,
                r#"c Some(Array("[1,{\"d\":\"]\"}]"))"#,
                r#"e Some(Object("{ \"f\" : { } }"))"#,
                r#" Some(Number("0"))"#,
            ]
        );
        let (_, text) = Span::outermost(br#"{"a":"{}"}"#).members().unwrap().next().unwrap();
        assert!(text.members().is_none());
    }
}
