//! Texts of any characters as values of headers.

use std::fmt::Write as _;

/// The text with everything but printable ASCII percent-encoded as UTF-8, `%` too, so that it can be decoded again.
///
/// A space at the beginning or the end is encoded, because whoever reads a header takes those away.
pub(crate) fn encoded(text: &str) -> String {
    let last = text.len().saturating_sub(1);
    let edge = |at| at == 0 || at == last;
    encode(text, |at, byte| (b'!'..=b'~').contains(&byte) || byte == b' ' && !edge(at))
}

/// As [`encoded`], without a single space: for names in a list with spaces between them.
pub(crate) fn encoded_word(text: &str) -> String {
    encode(text, |_, byte| (b'!'..=b'~').contains(&byte))
}

/// As [`encoded`], without a single comma: for elements of a list with commas between them.
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

/// The text of one name or value in a query (WHATWG URL, application/x-www-form-urlencoded); `None` if it is not one.
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
    fn what_a_header_cannot_carry_is_encoded() {
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
            // A plus stands for itself in a header; no text above has one.
            assert_eq!(decoded(header).as_deref(), Some(text));
        }
        assert_eq!(encoded_word("a b"), "a%20b");
    }

    #[test]
    fn a_query_is_decoded_or_refused() {
        assert_eq!(decoded("a+b%20c%3A").as_deref(), Some("a b c:"));
        for bad in ["%", "%4", "%zz", "%+1", "%ff", "%C3"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
