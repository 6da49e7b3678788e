//! Encodes any text as a header value.

use std::fmt::Write as _;

/// Percent-encodes everything except printable ASCII as UTF-8, and `%`, so that the text can be decoded.
///
/// A space at the beginning or end is encoded, because header parsers remove it.
pub(crate) fn encoded(text: &str) -> String {
    let last = text.len().saturating_sub(1);
    let edge = |at| at == 0 || at == last;
    encode(text, |at, byte| (b'!'..=b'~').contains(&byte) || byte == b' ' && !edge(at))
}

/// Encodes like [`encoded`], and every space: for names in a list that is separated by spaces.
pub(crate) fn encoded_word(text: &str) -> String {
    encode(text, |_, byte| (b'!'..=b'~').contains(&byte))
}

/// Encodes like [`encoded`], and every comma: for elements of a list that is separated by commas.
pub(crate) fn encoded_element(text: &str) -> String {
    let last = text.len().saturating_sub(1);
    encode(text, |at, byte| byte != b',' && ((b'!'..=b'~').contains(&byte) || byte == b' ' && at != 0 && at != last))
}

fn encode(text: &str, plain: impl Fn(usize, u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        if byte != b'%' && plain(at, byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Decodes a name or value of a query (application/x-www-form-urlencoded); `None` if it is malformed.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_a_header_cannot_carry_are_encoded() {
        for (text, header) in [
            ("alice", "alice"),
            ("Alice B. <a@b>", "Alice B. <a@b>"),
            ("é", "%C3%A9"),
            ("a\r\nX-Auth-Scope: admin", "a%0D%0AX-Auth-Scope: admin"),
            ("100%", "100%25"),
            ("%0A", "%250A"),
            (" a ", "%20a%20"),
            (" ", "%20"),
            ("\0\x7f\t", "%00%7F%09"),
            ("", ""),
        ] {
            assert_eq!(encoded(text), header, "{text:?}");
            // `decoded` also turns a plus into a space; no text above has one.
            assert_eq!(decoded(header).as_deref(), Some(text));
        }
        assert_eq!(encoded_word("a b"), "a%20b");
    }

    #[test]
    fn a_malformed_query_value_is_refused() {
        assert_eq!(decoded("a+b%20c%3A").as_deref(), Some("a b c:"));
        for bad in ["%", "%4", "%zz", "%+1", "%ff", "%C3"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
