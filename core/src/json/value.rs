//! Values: as places in a document while it is walked, typed for callers.

use super::lexer::{Cursor, Quoted};
use super::text::Text;

/// What a value is; a string with escapes is told apart, as it must be unescaped to be read.
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

/// Where a value stands in its document, which is at most 64 KiB long. Small, as a token has many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    start: u16,
    end: u16,
    kind: Kind,
}

impl Place {
    /// A place from byte offsets; those of a string leave out its quotes.
    pub(crate) fn new(start: usize, end: usize, kind: Kind) -> Option<Self> {
        Some(Self { start: u16::try_from(start).ok()?, end: u16::try_from(end).ok()?, kind })
    }

    /// The value in `document`, which must be the one that was walked.
    pub(crate) fn within(self, document: &[u8]) -> Span<'_> {
        let written = document.get(usize::from(self.start)..usize::from(self.end)).unwrap_or_default();
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
    /// The string, if it is one.
    pub(crate) fn text(self) -> Option<Text<'t>> {
        match self.kind {
            Kind::Text => Some(Text::new(self.written, false)),
            Kind::EscapedText => Some(Text::new(self.written, true)),
            _ => None,
        }
    }

    /// The digits, if it is a number.
    pub(crate) fn number(self) -> Option<&'t [u8]> {
        (self.kind == Kind::Number).then_some(self.written)
    }

    /// The elements, if it is an array.
    pub(crate) fn elements(self) -> Option<impl Iterator<Item = Span<'t>> + use<'t>> {
        (self.kind == Kind::Array).then(|| elements(self.written))
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

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<Text<'t>> {
        match self {
            Self::Text(text) => Some(*text),
            _ => None,
        }
    }

    /// The whole number, if it is one that is written without fraction and exponent and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<impl Iterator<Item = Value<'t>> + use<'t>> {
        match self {
            Self::Array(array) => Some(elements(array.as_bytes()).filter_map(Self::new)),
            _ => None,
        }
    }
}

/// The elements of an array that was validated, brackets included.
fn elements(array: &[u8]) -> impl Iterator<Item = Span<'_>> {
    let mut cursor = Cursor::new(array);
    core::iter::from_fn(move || {
        // Passes the opening bracket or the comma.
        cursor.pass();
        cursor.next_significant().filter(|byte| *byte != b']')?;
        let span = known_value(&mut cursor);
        cursor.next_significant();
        span
    })
}

/// Passes a value of a document that was validated, and gives it back.
fn known_value<'t>(cursor: &mut Cursor<'t>) -> Option<Span<'t>> {
    let start = cursor.at();
    let kind = match cursor.peek()? {
        b'"' => {
            let Quoted { content, escaped } = cursor.string().ok()?;
            return Some(Span { written: content, kind: if escaped { Kind::EscapedText } else { Kind::Text } });
        }
        open @ (b'{' | b'[') => {
            pass_brackets(cursor)?;
            if open == b'{' { Kind::Object } else { Kind::Array }
        }
        first => {
            while !matches!(cursor.peek(), None | Some(b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r')) {
                cursor.pass();
            }
            match first {
                b't' => Kind::True,
                b'f' => Kind::False,
                b'n' => Kind::Null,
                _ => Kind::Number,
            }
        }
    };
    Some(Span { written: cursor.since(start), kind })
}

/// Passes everything up to the bracket that closes the one where the cursor stands.
fn pass_brackets(cursor: &mut Cursor<'_>) -> Option<()> {
    let mut depth = 0u32;
    loop {
        match cursor.peek()? {
            b'"' => {
                cursor.string().ok()?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        cursor.pass();
        if depth == 0 {
            return Some(());
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
}
