//! Tokens of JSON: strings, numbers, literals, white space. A cursor that only moves forward.

use super::{Text, Value};

/// The bytes are not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What stands between a string's quotes, and whether it holds escapes.
#[derive(Clone, Copy)]
pub(crate) struct Quoted<'t> {
    pub(crate) content: &'t [u8],
    pub(crate) escaped: bool,
}

/// A place in a document.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

/// A machine word of the text, for looking at several bytes at once.
type Word = usize;
const WORD: usize = size_of::<Word>();

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The text from `start` up to here.
    pub(crate) fn since(&self, start: usize) -> &'t [u8] {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes the byte that [`peek`](Self::peek) showed.
    pub(crate) fn pass(&mut self) {
        self.at += 1;
    }

    pub(crate) fn eat(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() != Some(byte) {
            return Err(Malformed);
        }
        self.pass();
        Ok(())
    }

    /// Passes white space, and says what comes behind it.
    pub(crate) fn next_significant(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.pass(),
                other => return other,
            }
        }
    }

    /// A string, its quotes passed: control characters, wrong escapes, lone surrogates and invalid UTF-8 refused.
    pub(crate) fn string(&mut self) -> Result<Quoted<'t>, Malformed> {
        self.eat(b'"')?;
        let start = self.at;
        let (mut escaped, mut ascii) = (false, true);
        loop {
            self.skip_plain();
            match self.peek().ok_or(Malformed)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.pass();
                    self.escape()?;
                }
                0x80.. => {
                    ascii = false;
                    self.pass();
                }
                0x20.. => self.pass(),
                _ => return Err(Malformed),
            }
        }
        let content = self.since(start);
        self.pass();
        if !ascii && core::str::from_utf8(content).is_err() {
            return Err(Malformed);
        }
        Ok(Quoted { content, escaped })
    }

    /// Passes printable ASCII other than quote and backslash, a word at a time; may stop early.
    #[inline]
    fn skip_plain(&mut self) {
        while let Some(bytes) = self.text.get(self.at..).and_then(|rest| rest.first_chunk::<WORD>()) {
            let special = special_bytes(Word::from_le_bytes(*bytes));
            if special != 0 {
                self.at += special.trailing_zeros() as usize / 8;
                return;
            }
            self.at += WORD;
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        let kind = self.peek().ok_or(Malformed)?;
        self.pass();
        match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => match self.hex4()? {
                0xd800..0xdc00 => {
                    self.eat(b'\\')?;
                    self.eat(b'u')?;
                    if matches!(self.hex4()?, 0xdc00..0xe000) { Ok(()) } else { Err(Malformed) }
                }
                0xdc00..0xe000 => Err(Malformed),
                _ => Ok(()),
            },
            _ => Err(Malformed),
        }
    }

    fn hex4(&mut self) -> Result<u32, Malformed> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16)).ok_or(Malformed)?;
            unit = unit << 4 | digit;
            self.pass();
        }
        Ok(unit)
    }

    /// `-? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?`
    pub(crate) fn number(&mut self) -> Result<&'t [u8], Malformed> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.pass();
        }
        if self.peek() == Some(b'0') {
            self.pass();
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.pass();
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.pass();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.pass();
            }
            self.digits()?;
        }
        Ok(self.since(start))
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.pass();
        }
        if self.at > start { Ok(()) } else { Err(Malformed) }
    }

    pub(crate) fn literal(&mut self, word: &[u8]) -> Result<(), Malformed> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(())
    }

    /// Passes a value in a document that is known to be valid, and gives it back.
    fn known_value(&mut self) -> Option<Value<'t>> {
        let start = self.at;
        Some(match self.peek()? {
            b'"' => {
                let Quoted { content, escaped } = self.string().ok()?;
                Value::Text(Text::new(content, escaped)?)
            }
            open @ (b'{' | b'[') => {
                let mut depth = 0u32;
                loop {
                    match self.peek()? {
                        b'"' => {
                            self.string().ok()?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    self.pass();
                    if depth == 0 {
                        break;
                    }
                }
                let text = core::str::from_utf8(self.since(start)).ok()?;
                if open == b'{' { Value::Object(text) } else { Value::Array(text) }
            }
            first => {
                while !matches!(self.peek(), None | Some(b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r')) {
                    self.pass();
                }
                match first {
                    b't' => Value::Bool(true),
                    b'f' => Value::Bool(false),
                    b'n' => Value::Null,
                    _ => Value::Number(core::str::from_utf8(self.since(start)).ok()?),
                }
            }
        })
    }
}

/// The elements of an array that was validated, brackets included.
pub(crate) fn elements(array: &str) -> impl Iterator<Item = Value<'_>> {
    let mut cursor = Cursor::new(array.as_bytes());
    core::iter::from_fn(move || {
        // Passes the opening bracket or the comma.
        cursor.pass();
        cursor.next_significant().filter(|byte| *byte != b']')?;
        let value = cursor.known_value();
        cursor.next_significant();
        value
    })
}

/// The high bit of every byte that is a quote, a backslash, a control character or not ASCII.
///
/// A borrow may mark bytes above the first marked one wrongly, so only the lowest mark counts.
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
        Cursor::new(text).string().ok().map(|quoted| (quoted.content, quoted.escaped))
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
    fn utf8_is_checked() {
        assert!(string("\"ü€😀\"".as_bytes()).is_some());
        for bad in
            [b"\"\xff\"".as_slice(), b"\"\xc0\x80\"", b"\"\xed\xa0\x80\"", b"\"\xe2\x82\"", b"\"\xf5\x80\x80\x80\""]
        {
            assert!(string(bad).is_none());
        }
    }

    #[test]
    fn elements_of_a_valid_array() {
        let read = |array| elements(array).map(|value| format!("{value:?}")).collect::<Vec<_>>();
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
