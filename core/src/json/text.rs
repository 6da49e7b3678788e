//! Strings as they stand in a document: valid, possibly with escapes, compared and read without a copy.

use core::fmt::{self, Write as _};

/// A JSON string's content, borrowed from the document (RFC 8259 §7).
///
/// Most strings hold no escape and are a plain [`str`]; the others are unescaped while they are compared or printed.
#[derive(Clone, Copy)]
pub struct Text<'t> {
    /// UTF-8, as the lexer saw to.
    raw: &'t [u8],
    spelling: Spelling,
}

/// Whether what is written is what is meant. As wide as a length, so that a text is copied in whole words.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Spelling {
    Plain,
    Escaped,
}

impl<'t> Text<'t> {
    /// `raw` is what stands between the quotes, validated by the lexer.
    pub(crate) fn new(raw: &'t [u8], escaped: bool) -> Self {
        Self { raw, spelling: if escaped { Spelling::Escaped } else { Spelling::Plain } }
    }

    fn escaped(&self) -> bool {
        self.spelling == Spelling::Escaped
    }

    /// The string itself, unless it is written with escapes.
    pub fn as_str(&self) -> Option<&'t str> {
        if self.escaped() { None } else { core::str::from_utf8(self.raw).ok() }
    }

    /// The string's bytes, unless it is written with escapes.
    pub(crate) fn plain(&self) -> Option<&'t [u8]> {
        (!self.escaped()).then_some(self.raw)
    }

    /// The characters, unescaped.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + use<'t> {
        Unescaped { rest: core::str::from_utf8(self.raw).unwrap_or_default(), escaped: self.escaped() }
    }

    /// The UTF-8 bytes, unescaped.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + Clone + use<'t> {
        UnescapedBytes { rest: self.raw, escaped: self.escaped(), more: [0; 4], count: 0 }
    }

    /// The unescaped string, written into the front of `buffer` where it holds escapes; `None` if that is too short.
    ///
    /// `self.raw_length()` bytes are always enough.
    pub fn to_str<'b>(&self, buffer: &'b mut [u8]) -> Option<&'b str>
    where
        't: 'b,
    {
        if !self.escaped() {
            return self.as_str();
        }
        let mut length = 0;
        for byte in self.bytes() {
            *buffer.get_mut(length)? = byte;
            length += 1;
        }
        core::str::from_utf8(buffer.get(..length)?).ok()
    }

    /// The length in bytes as it is written, escapes included.
    pub fn raw_length(&self) -> usize {
        self.raw.len()
    }

    /// Whether the string is empty.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Whether the unescaped string has exactly these bytes. Not for secrets: it stops at the first difference.
    pub fn is(&self, other: &[u8]) -> bool {
        if self.escaped() { self.bytes().eq(other.iter().copied()) } else { self.raw == other }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.escaped() || other.escaped() { self.bytes().eq(other.bytes()) } else { self.raw == other.raw }
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.is(other.as_bytes())
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.is(other.as_bytes())
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(plain) = self.as_str() {
            return f.write_str(plain);
        }
        self.chars().try_for_each(|character| f.write_char(character))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.chars().flat_map(char::escape_debug).try_for_each(|character| f.write_char(character))?;
        f.write_char('"')
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Text<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}", core::str::from_utf8(self.raw).unwrap_or_default());
    }
}

#[derive(Clone)]
struct Unescaped<'t> {
    rest: &'t str,
    escaped: bool,
}

impl Iterator for Unescaped<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let character = self.take()?;
        if character != '\\' || !self.escaped {
            return Some(character);
        }
        Some(match self.take()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.take_hex()?;
                if !(0xd800..0xdc00).contains(&unit) {
                    return char::from_u32(unit);
                }
                // The lexer saw to it that a low surrogate follows.
                self.rest = self.rest.strip_prefix("\\u")?;
                let low = self.take_hex()?;
                char::from_u32(0x10000 + ((unit & 0x3ff) << 10 | low & 0x3ff))?
            }
            itself => itself,
        })
    }
}

impl Unescaped<'_> {
    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        Some(character)
    }

    fn take_hex(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// The same by bytes: those that are no escapes come as they are.
#[derive(Clone)]
struct UnescapedBytes<'t> {
    rest: &'t [u8],
    escaped: bool,
    /// What an escape stands for and was not handed out yet: so many of them, the last first.
    more: [u8; 4],
    count: usize,
}

impl Iterator for UnescapedBytes<'_> {
    type Item = u8;

    #[cfg_attr(target_os = "none", inline(never))]
    fn next(&mut self) -> Option<u8> {
        if let Some(last) = self.count.checked_sub(1) {
            self.count = last;
            return self.more.get(last).copied();
        }
        let byte = self.take()?;
        if byte != b'\\' || !self.escaped {
            return Some(byte);
        }
        Some(match self.take()? {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = self.take_hex()?;
                if !(0xd800..0xdc00).contains(&unit) {
                    return self.encode(unit);
                }
                // The lexer saw to it that a low surrogate follows.
                self.rest = self.rest.strip_prefix(b"\\u")?;
                let low = self.take_hex()?;
                return self.encode(0x10000 + ((unit & 0x3ff) << 10 | low & 0x3ff));
            }
            itself => itself,
        })
    }
}

impl UnescapedBytes<'_> {
    fn take(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn take_hex(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        digits.iter().try_fold(0, |unit, byte| Some(unit << 4 | char::from(*byte).to_digit(16)?))
    }

    /// The first byte of a character (RFC 3629 §3); keeps the others.
    fn encode(&mut self, character: u32) -> Option<u8> {
        let low_bits = |shift: u32| 0x80 | (character >> shift & 0x3f).to_le_bytes()[0];
        let high_bits = |mark: u32, shift: u32| (mark | character >> shift).to_le_bytes()[0];
        let (first, count) = match character {
            0..0x80 => (high_bits(0, 0), 0),
            0x80..0x800 => (high_bits(0xc0, 6), 1),
            0x800..0x10000 => (high_bits(0xe0, 12), 2),
            _ => (high_bits(0xf0, 18), 3),
        };
        self.more = [low_bits(0), low_bits(6), low_bits(12), 0];
        self.count = count;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Text<'_> {
        Text::new(raw.as_bytes(), raw.contains('\\'))
    }

    #[test]
    fn escapes_read_as_what_they_stand_for() {
        let escaped = text(r#"\u0065x\u0070 \"\\\/\b\f\n\r\t \ud83d\ude00 ü"#);
        let plain = "exp \"\\/\u{8}\u{c}\n\r\t 😀 ü";
        assert_eq!(escaped, *plain);
        assert_eq!(escaped.to_string(), plain);
        assert_eq!(escaped.as_str(), None);
        assert_eq!(escaped.to_str(&mut [0; 64]), Some(plain));
        assert_eq!(escaped.to_str(&mut [0; 8]), None);
        assert!(escaped.bytes().eq(plain.bytes()));
    }

    #[test]
    fn bytes_are_those_of_the_characters() {
        for unit in (0..0xd800).chain(0xe000..0x1_0000).step_by(7).chain([0x7f, 0x80, 0x7ff, 0x800, 0xffff]) {
            let raw = format!("\\u{unit:04x}a");
            assert!(text(&raw).bytes().eq(text(&raw).to_string().bytes()), "{raw}");
        }
        for raw in ["\\ud800\\udc00", "\\udbff\\udfff!", "\\ud83d\\ude00\\u20ac"] {
            assert!(text(raw).bytes().eq(text(raw).to_string().bytes()), "{raw}");
        }
    }

    #[test]
    fn plain_text_is_itself() {
        assert_eq!(text("door-42").as_str(), Some("door-42"));
        assert_eq!(text("door-42").to_str(&mut []), Some("door-42"));
        assert_ne!(text("door-42"), *"door-4");
        assert!(text("").is_empty() && !text("a").is_empty());
        assert_eq!((text("").raw_length(), text("a\\n").raw_length()), (0, 3));
    }
}
