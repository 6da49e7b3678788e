//! Tokens of JSON: strings, numbers, literals, white space.
//!
//! The position in the document is passed and returned by value, so that it stays in a register.

use crate::blocks;

/// The bytes are not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The end of a string, and whether it has escapes.
#[derive(Clone, Copy)]
pub(crate) struct Quoted {
    /// The offset of the closing quote.
    pub(crate) end: usize,
    pub(crate) escaped: bool,
}

/// A document to read from.
#[derive(Clone, Copy)]
pub(crate) struct Lexer<'t> {
    text: &'t [u8],
}

/// A machine word of the text, to test several bytes at once.
type Word = usize;
const WORD: usize = size_of::<Word>();

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self { text }
    }

    #[inline]
    pub(crate) fn byte(self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    pub(crate) fn slice(self, start: usize, end: usize) -> &'t [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Returns all bytes from `start` on.
    pub(crate) fn from(self, start: usize) -> &'t [u8] {
        self.text.get(start..).unwrap_or_default()
    }

    /// Returns the next bytes, if there are that many.
    #[inline]
    pub(crate) fn chunk<const N: usize>(self, at: usize) -> Option<&'t [u8; N]> {
        self.text.get(at..)?.first_chunk()
    }

    /// Returns eight bytes from `start` on, the first lowest; zeros after the end.
    #[inline]
    pub(crate) fn eight_from(self, start: usize) -> u64 {
        let rest = self.text.get(start..).unwrap_or_default();
        match self.chunk(start) {
            Some(eight) => u64::from_le_bytes(*eight),
            None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        }
    }

    /// Skips this byte.
    #[inline]
    pub(crate) fn eat(self, at: usize, byte: u8) -> Result<usize, Malformed> {
        if self.byte(at) == Some(byte) { Ok(at + 1) } else { Err(Malformed) }
    }

    /// Skips white space.
    #[inline]
    pub(crate) fn space(self, mut at: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte(at) {
            at += 1;
        }
        at
    }

    /// Reads a string from its opening quote. Refuses control characters, wrong escapes, lone surrogates and invalid UTF-8.
    #[inline(never)]
    pub(crate) fn string(self, at: usize) -> Result<Quoted, Malformed> {
        let start = self.eat(at, b'"')?;
        let end = self.plain(start);
        match self.byte(end) {
            Some(b'"') => Ok(Quoted { end, escaped: false }),
            _ => self.rest_of_string(start, end),
        }
    }

    /// Skips printable ASCII except quote and backslash, a word at a time. Can stop early at the end of the document.
    #[cfg_attr(not(target_os = "none"), inline)]
    #[cfg_attr(target_os = "none", inline(never))]
    fn plain(self, mut at: usize) -> usize {
        let mut words = 0;
        while let Some(bytes) = self.chunk::<WORD>(at) {
            let special = special_bytes(Word::from_le_bytes(*bytes));
            if special != 0 {
                return at + special.trailing_zeros() as usize / 8;
            }
            at += WORD;
            words += 1;
            // Most strings end before this point; the others can be long. Bytes beyond ASCII are negative here.
            if words == 4 {
                let rest = self.text.get(at..).unwrap_or_default();
                at += blocks::clear_of(rest, |byte| byte.cast_signed() < 0x20 || byte == b'"' || byte == b'\\');
            }
        }
        self.plain_tail(at)
    }

    /// As above, for fewer bytes than a word.
    #[inline]
    fn plain_tail(self, mut at: usize) -> usize {
        let left = self.text.len().saturating_sub(at);
        if let (1.., Some(last)) = (left, self.text.last_chunk::<WORD>()) {
            // Earlier bytes are shifted out. The zeros shifted in are not plain characters.
            let word = Word::from_le_bytes(*last) >> (8 * (WORD - left));
            return at + special_bytes(word).trailing_zeros() as usize / 8;
        }
        while matches!(self.byte(at), Some(b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')) {
            at += 1;
        }
        at
    }

    /// Reads the rest of a string from its first escape or character beyond ASCII. The string began at `start`.
    #[cold]
    fn rest_of_string(self, start: usize, mut at: usize) -> Result<Quoted, Malformed> {
        let mut escaped = false;
        loop {
            at = self.plain(at);
            match self.byte(at).ok_or(Malformed)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    at = self.escape(at + 1)?;
                }
                0x20.. => at += 1,
                _ => return Err(Malformed),
            }
        }
        if !is_utf8(self.slice(start, at)) {
            return Err(Malformed);
        }
        Ok(Quoted { end: at, escaped })
    }

    /// Reads the rest of an escape, after the backslash.
    fn escape(self, at: usize) -> Result<usize, Malformed> {
        match self.byte(at).ok_or(Malformed)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 1),
            b'u' => match self.hex4(at + 1)? {
                0xd800..0xdc00 => {
                    let low = self.eat(self.eat(at + 5, b'\\')?, b'u')?;
                    if matches!(self.hex4(low)?, 0xdc00..0xe000) { Ok(low + 4) } else { Err(Malformed) }
                }
                0xdc00..0xe000 => Err(Malformed),
                _ => Ok(at + 5),
            },
            _ => Err(Malformed),
        }
    }

    fn hex4(self, at: usize) -> Result<u32, Malformed> {
        let digits = self.chunk::<4>(at).ok_or(Malformed)?;
        digits.iter().try_fold(0, |unit, byte| Ok(unit << 4 | char::from(*byte).to_digit(16).ok_or(Malformed)?))
    }

    /// `-? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?`
    pub(crate) fn number(self, mut at: usize) -> Result<usize, Malformed> {
        if self.byte(at) == Some(b'-') {
            at += 1;
        }
        at = if self.byte(at) == Some(b'0') { at + 1 } else { self.digits(at)? };
        if self.byte(at) == Some(b'.') {
            at = self.digits(at + 1)?;
        }
        if matches!(self.byte(at), Some(b'e' | b'E')) {
            at += 1;
            if matches!(self.byte(at), Some(b'+' | b'-')) {
                at += 1;
            }
            at = self.digits(at)?;
        }
        Ok(at)
    }

    #[inline]
    fn digits(self, start: usize) -> Result<usize, Malformed> {
        let mut at = start;
        while matches!(self.byte(at), Some(b'0'..=b'9')) {
            at += 1;
        }
        if at > start { Ok(at) } else { Err(Malformed) }
    }

    pub(crate) fn literal(self, at: usize, word: &[u8]) -> Result<usize, Malformed> {
        let rest = self.text.get(at..).unwrap_or_default();
        if rest.starts_with(word) { Ok(at + word.len()) } else { Err(Malformed) }
    }
}

/// Returns true for UTF-8 (RFC 3629 §4).
#[cfg(not(target_os = "none"))]
fn is_utf8(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).is_ok()
}

/// The same in a quarter of the flash.
#[cfg(target_os = "none")]
use super::small_utf8::is_utf8;

/// Sets the high bit of every byte that is a quote, a backslash, a control character or not ASCII.
///
/// A borrow can wrongly mark bytes above the first marked one, so only the lowest mark counts.
#[inline(always)]
fn special_bytes(word: Word) -> Word {
    const ONES: Word = Word::MAX / 255;
    const HIGH: Word = ONES << 7;
    let zero_bytes = |word: Word| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero_bytes(word ^ (ONES * b'"' as Word));
    let backslash = zero_bytes(word ^ (ONES * b'\\' as Word));
    (control | quote | backslash | word) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &[u8]) -> Option<(&[u8], bool)> {
        let lexer = Lexer::new(text);
        lexer.string(0).ok().map(|quoted| (lexer.slice(1, quoted.end), quoted.escaped))
    }

    #[test]
    fn every_byte_at_every_place_of_a_string() {
        for length in 1..20 {
            for at in 0..length {
                for byte in 0..=255u8 {
                    let mut text = vec![b'a'; length];
                    text[at] = byte;
                    let text = [b"\"", text.as_slice(), b"\"    "].concat();
                    let allowed = match byte {
                        b'"' => Some(at),
                        b'\\' | 0x80.. | 0..0x20 => None,
                        _ => Some(length),
                    };
                    assert_eq!(
                        string(&text).map(|(content, _)| content.len()),
                        allowed,
                        "{byte:#x} at {at} of {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_is_passed_over_in_a_long_string() {
        for length in [33, 64, 70, 140] {
            for at in 0..length {
                for byte in [0, 0x1f, b' ', b'~', 0x7f, 0x80, 0xff] {
                    let mut text = vec![b'a'; length + 2];
                    text[at + 1] = byte;
                    (text[0], text[length + 1]) = (b'"', b'"');
                    let good = (b' '..0x80).contains(&byte);
                    assert_eq!(string(&text).is_some(), good, "{byte:#x} at {at} of {length}");
                }
                let mut text = vec![b'a'; length + 2];
                (text[0], text[at + 1], text[length + 1]) = (b'"', b'\\', b'"');
                assert!(string(&text).is_none(), "an escape at {at} of {length}");
                text[at + 1] = b'"';
                assert_eq!(string(&text).map(|(content, _)| content.len()), Some(at), "of {length}");
            }
        }
    }

    #[test]
    fn floods_are_looked_at() {
        for (byte, before) in [0, 0x1f, b'\\', b'"', 0x80].into_iter().flat_map(|byte| (0..70).map(move |n| (byte, n)))
        {
            let text = [b"\"", vec![b'a'; before].as_slice(), &[byte; 99], b"\""].concat();
            let length = (byte == b'"').then_some(before);
            assert_eq!(string(&text).map(|(content, _)| content.len()), length, "{byte:#x} behind {before}");
        }
    }

    #[test]
    fn numbers_end_where_their_grammar_does() {
        for (text, end) in [("0,", 1), ("-0.5]", 4), ("12e3 ", 4), ("1E+5,", 4), ("1e-10}", 5), ("1.25e+2", 7)] {
            assert_eq!(Lexer::new(text.as_bytes()).number(0).ok(), Some(end), "{text}");
        }
        for bad in ["-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "e1", "--1"] {
            assert!(Lexer::new(bad.as_bytes()).number(0).is_err(), "{bad}");
        }
    }

    #[test]
    fn escapes_and_surrogates() {
        for good in [r#""\"\\\/\b\f\n\r\t""#, r#""\u0000""#, r#""\uD83D\uDE00""#, r#""\uFFFF""#] {
            assert!(string(good.as_bytes()).is_some_and(|(_, escaped)| escaped), "{good}");
        }
        for bad in [
            r#""\x""#,
            r#""\u12""#,
            r#""\u12g4""#,
            r#""\ud800""#,
            r#""\ud800\u0041""#,
            r#""\udc00""#,
            r#""\ud800x""#,
            r#""\"#,
            r#""\u"#,
            r#""open"#,
            r#""\U0041""#,
            r#""\u+123""#,
        ] {
            assert!(string(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn both_ways_know_utf8() {
        let edges = [0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee];
        let edges = [&edges[..], &[0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]].concat();
        let mut words = vec![vec![]];
        for _ in 0..4 {
            words =
                words.iter().flat_map(|word| edges.iter().map(|edge| [word.as_slice(), &[*edge]].concat())).collect();
            for word in &words {
                assert_eq!(crate::json::small_utf8::is_utf8(word), is_utf8(word), "{word:x?}");
            }
        }
    }

    #[test]
    fn utf8_is_checked() {
        assert!(string("\"ü€😀\"".as_bytes()).is_some());
        for bad in
            [b"\"\xff\"".as_slice(), b"\"\xc0\x80\"", b"\"\xed\xa0\x80\"", b"\"\xe2\x82\"", b"\"\xf5\x80\x80\x80\""]
        {
            assert!(string(bad).is_none());
        }
    }
}
