//! A JSON object of which some members are asked for.

use serde::Deserialize;

/// Reads it; `None` if it is no JSON object or lacks a member.
///
/// serde_json alone would also accept a list of the members, and would skip unused strings without checking them. All of a
/// JSON text is UTF-8 (RFC 8259 §8.1).
pub(crate) fn read<'t, T: Deserialize<'t>>(text: &'t [u8]) -> Option<T> {
    let text = std::str::from_utf8(text).ok()?;
    let object = text.trim_ascii_start().starts_with('{');
    object.then(|| serde_json::from_str(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Asked<'t> {
        a: u8,
        b: Option<&'t str>,
    }

    #[test]
    fn members_that_nobody_asks_for_are_json_too() {
        for text in
            [&b"{\"c\":\"\xe0A\",\"a\":1}"[..], b"{\"a\":1,\"\xff\":2}", b"{\"a\":1,\"c\":[{\"d\":\"\xed\xa0\x80\"}]}"]
        {
            assert_eq!(read::<Asked<'_>>(text), None, "{}", text.escape_ascii());
        }
        let text = " {\"c\":\"\u{e0}A\",\"a\":1,\"b\":\"\u{10ffff}\"}\n";
        assert_eq!(read(text.as_bytes()), Some(Asked { a: 1, b: Some("\u{10ffff}") }));
    }

    #[test]
    fn only_an_object_names_its_members() {
        for text in ["", "[1,null]", "[1,\"b\"]", "7", "{}", "{\"a\":1,\"a\":1}", "{\"a\":1} x", "\u{feff}{\"a\":1}"] {
            assert_eq!(read::<Asked<'_>>(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read(b"{\"a\":1}"), Some(Asked { a: 1, b: None }));
    }
}
