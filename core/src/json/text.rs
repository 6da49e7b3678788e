//! Strings of a validated document, possibly with escapes, compared and read without a copy.

#[cfg(not(target_os = "none"))]
use core::cmp::Ordering;
use core::fmt::{self, Write as _};

/// A JSON string's content, borrowed from the document (RFC 8259 §7).
///
/// Most strings have no escapes and are a plain [`str`]. The others are unescaped while they are compared or printed.
#[derive(Clone, Copy)]
pub struct Text<'t> {
    /// UTF-8, validated by the lexer.
    raw: &'t [u8],
    spelling: Spelling,
}

/// Whether a string has escapes. As wide as a length, so that a text is copied in whole words.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Spelling {
    Plain,
    Escaped,
}

impl<'t> Text<'t> {
    /// Makes a text from the bytes between the quotes, which the lexer validated.
    pub(crate) fn new(raw: &'t [u8], escaped: bool) -> Self {
        Self { raw, spelling: if escaped { Spelling::Escaped } else { Spelling::Plain } }
    }

    fn escaped(&self) -> bool {
        self.spelling == Spelling::Escaped
    }

    /// Returns the string, unless it is written with escapes.
    pub fn as_str(&self) -> Option<&'t str> {
        if self.escaped() { None } else { core::str::from_utf8(self.raw).ok() }
    }

    /// Returns the bytes of the string, unless it is written with escapes.
    pub(crate) fn plain(&self) -> Option<&'t [u8]> {
        (!self.escaped()).then_some(self.raw)
    }

    /// Returns the characters, unescaped.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + use<'t> {
        Unescaped { rest: core::str::from_utf8(self.raw).unwrap_or_default(), escaped: self.escaped() }
    }

    /// Returns the UTF-8 bytes, unescaped.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + Clone + use<'t> {
        UnescapedBytes { rest: self.raw, escaped: self.escaped(), more: [0; 4], count: 0 }
    }

    /// Returns the unescaped string, through `buffer` if it has escapes; `None` if the buffer is too short.
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

    /// Returns the length in bytes as it is written, including escapes.
    pub fn raw_length(&self) -> usize {
        self.raw.len()
    }

    /// Returns true for an empty string.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Returns true if the unescaped string has exactly these bytes. Not for secrets: stops at the first difference.
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
                // The lexer checked that a low surrogate follows.
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

/// A string of a validated document, after its opening quote. Its end is found during the comparison.
///
/// The order is that of the characters, as in UTF-8.
#[cfg(not(target_os = "none"))]
pub(super) struct QuotedText<'t> {
    rest: &'t [u8],
}

#[cfg(not(target_os = "none"))]
impl<'t> QuotedText<'t> {
    pub(super) fn new(rest: &'t [u8]) -> Self {
        Self { rest }
    }

    /// Skips this many bytes.
    fn pass(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Reads a character: its number, or `None` at the closing quote.
    fn take(&mut self) -> Option<u32> {
        let (character, length) = match *self.rest {
            [b'"', ..] | [] => return None,
            [b'\\', b'u', ref digits @ ..] => self.take_unit(digits),
            [b'\\', escaped, ..] => (u32::from(meaning(escaped)), 2),
            [byte @ ..0x80, ..] => (u32::from(byte), 1),
            _ => self.take_wide(),
        };
        self.pass(length);
        Some(character)
    }

    /// What `\u` and these digits stand for, together with the second half of a pair where they are its first, and how
    /// many bytes that is.
    fn take_unit(&self, digits: &[u8]) -> (u32, usize) {
        let unit = hex(digits);
        match self.rest {
            [_, _, _, _, _, _, b'\\', b'u', low @ ..] if unit >> 10 == 0xd800 >> 10 => (pair(unit, hex(low)), 12),
            _ => (unit, 6),
        }
    }

    /// A character beyond ASCII (RFC 3629 §3), and its length. Behind the same first bytes in both texts it may also be the
    /// rest of one, which then differs.
    fn take_wide(&self) -> (u32, usize) {
        let part = |index: usize| u32::from(self.rest.get(index).copied().unwrap_or(0) & 0x3f);
        match *self.rest {
            [first @ 0xf0..=0xff, ..] => (u32::from(first & 7) << 18 | part(1) << 12 | part(2) << 6 | part(3), 4),
            [first @ 0xe0..=0xff, ..] => (u32::from(first & 15) << 12 | part(1) << 6 | part(2), 3),
            [first @ 0xc0..=0xff, ..] => (u32::from(first & 31) << 6 | part(1), 2),
            _ => (part(0), 1),
        }
    }
}

/// Returns the character of a backslash and this letter.
#[cfg(not(target_os = "none"))]
fn meaning(letter: u8) -> u8 {
    match letter {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        itself => itself,
    }
}

/// Returns the character of a pair of surrogates.
#[cfg(not(target_os = "none"))]
fn pair(high: u32, low: u32) -> u32 {
    0x10000 + ((high & 0x3ff) << 10 | low & 0x3ff)
}

/// Returns the number of four hexadecimal digits, which the lexer validated.
#[cfg(not(target_os = "none"))]
fn hex(digits: &[u8]) -> u32 {
    let digits = digits.first_chunk::<4>().copied().unwrap_or_default();
    // A letter has bit 6 set, and its low half counts from one.
    digits.iter().fold(0, |unit, byte| unit << 4 | u32::from((byte & 15) + 9 * (byte >> 6)))
}

#[cfg(not(target_os = "none"))]
impl Ord for QuotedText<'_> {
    /// Compares in one pass, up to the first difference. Equal text is skipped without unescaping it.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut one, mut other) = (Self { rest: self.rest }, QuotedText { rest: other.rest });
        loop {
            let (length, other_length) = alike(one.rest, other.rest);
            if length > 0 {
                one.pass(length);
                other.pass(other_length);
                continue;
            }
            match (one.take(), other.take()) {
                (None, None) => return Ordering::Equal,
                (one, other) if one != other => return one.cmp(&other),
                _ => {}
            }
        }
    }
}

#[cfg(not(target_os = "none"))]
impl PartialOrd for QuotedText<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(not(target_os = "none"))]
impl PartialEq for QuotedText<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

#[cfg(not(target_os = "none"))]
impl Eq for QuotedText<'_> {}

/// How many bytes of both are alike at a glance, be it one character or several; zeros where that takes a closer look.
///
/// Everything that can be written in two ways without six bytes for one of them is seen here, so that no spelling is
/// both short and dear.
#[inline(always)]
#[cfg(not(target_os = "none"))]
fn alike(one: &[u8], other: &[u8]) -> (usize, usize) {
    if let (Some(word), Some(other)) = (one.first_chunk::<8>(), other.first_chunk::<8>())
        && word == other
    {
        let plain = !has_end_or_escape(u64::from_le_bytes(*word));
        let whole = if plain { 8 } else { whole_characters(word) };
        if whole > 0 {
            return (whole, whole);
        }
    }
    match (one, other) {
        ([b'\\', b'u', digits @ ..], [b'\\', b'u', others @ ..]) => {
            let same = digits.first_chunk::<4>() == others.first_chunk::<4>();
            if same { (6, 6) } else { (0, 0) }
        }
        ([b'\\', letter, ..], [b'\\', other, ..]) => {
            let same = letter == other;
            if same { (2, 2) } else { (0, 0) }
        }
        ([b'\\', b'/', ..], [b'/', ..]) => (2, 1),
        ([b'/', ..], [b'\\', b'/', ..]) => (1, 2),
        ([byte, ..], [other, ..]) if byte == other && *byte != b'"' => (1, 1),
        _ => (0, 0),
    }
}

/// How many of eight bytes, the first of which begins a character, are whole escapes and plain bytes before the end.
#[cfg(not(target_os = "none"))]
fn whole_characters(bytes: &[u8; 8]) -> usize {
    let mut whole = 0;
    loop {
        let length = match bytes.get(whole..) {
            Some([b'\\', b'u', ..]) => 6,
            Some([b'\\', ..]) => 2,
            Some([b'"', ..] | []) | None => return whole,
            Some(_) => 1,
        };
        if whole + length > bytes.len() {
            return whole;
        }
        whole += length;
    }
}

/// Returns true if one of eight bytes is a quote or a backslash.
#[cfg(not(target_os = "none"))]
fn has_end_or_escape(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    // The lowest byte that is zero gets its high bit set; whether there is one is exact.
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    has_zero(word ^ (ONES * b'"' as u64)) | has_zero(word ^ (ONES * b'\\' as u64)) != 0
}

/// The unescaped bytes of a string of a validated document, after its opening quote. Its end is found while they are read.
#[cfg(any(target_os = "none", test))]
pub(super) fn quoted_bytes(rest: &[u8]) -> impl Iterator<Item = u8> {
    UnescapedBytes { rest, escaped: true, more: [0; 4], count: 0 }
}

/// The same by bytes: those that are no escapes come as they are.
#[derive(Clone)]
struct UnescapedBytes<'t> {
    rest: &'t [u8],
    escaped: bool,
    /// The bytes of an escape that are not returned yet, last byte first, and their number.
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
            // A quote inside a string is escaped, so this quote is the end.
            return (byte != b'"').then_some(byte);
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
                // The lexer checked that a low surrogate follows.
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

    #[test]
    fn quoted_texts_are_ordered_by_what_they_mean() {
        let spellings = [
            ("", vec![""]),
            ("a", vec!["a", r"\u0061"]),
            ("a\u{0}", vec![r"a\u0000", r"\u0061\u0000"]),
            ("a\"b", vec![r#"a\"b"#, r"a\u0022b", r#"\u0061\"b"#]),
            ("a\\b", vec![r"a\\b", r"a\u005cb", r"a\u005C\u0062"]),
            ("a\\", vec![r"a\\", r"\u0061\u005c"]),
            ("a\nb", vec![r"a\nb", r"a\u000ab", r"a\u000Ab"]),
            ("a/b", vec!["a/b", r"a\/b", r"a\u002fb"]),
            ("a/b/c", vec!["a/b/c", r"a\/b\/c", r"a/b\/c", r"a\/b/c"]),
            ("u0061", vec!["u0061", r"\u00750061"]),
            ("é", vec!["é", r"\u00e9"]),
            ("éa", vec!["éa", r"\u00e9a", r"é\u0061"]),
            ("è", vec!["è", r"\u00E8"]),
            ("€", vec!["€", r"\u20ac"]),
            ("\u{10000}", vec!["\u{10000}", r"\ud800\udc00"]),
            ("😀", vec!["😀", r"\ud83d\ude00"]),
            ("😁", vec!["😁", r"\uD83D\uDE01"]),
            ("😀a", vec!["😀a", r"\ud83d\ude00a"]),
        ];
        let quoted = |raw: &str| format!("{raw}\" : 1}}");
        for (one, ones) in &spellings {
            for (other, others) in &spellings {
                for (raw, other_raw) in ones.iter().flat_map(|raw| others.iter().map(move |other| (raw, other))) {
                    let (left, right) = (quoted(raw), quoted(other_raw));
                    let (left, right) = (QuotedText::new(left.as_bytes()), QuotedText::new(right.as_bytes()));
                    assert_eq!(left.cmp(&right), one.as_bytes().cmp(other.as_bytes()), "{raw} {other_raw}");
                    assert_eq!(left == right, one == other, "{raw} {other_raw}");
                }
            }
        }
    }
}
