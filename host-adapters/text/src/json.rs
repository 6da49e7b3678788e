//! JSON as text: reads the members of an object in their order, writes JSON on one line, and formats it for a terminal.
//!
//! Numbers and strings keep the spelling that they have in the input; numbers are never converted to floating point.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt::{self, Write as _};

/// The members of an object, in order.
#[derive(Debug)]
pub struct Members<'t>(pub Vec<(String, &'t RawValue)>);

impl<'t> Members<'t> {
    /// Parses `text`. Returns `None` if it is not exactly one JSON object. Duplicate members are kept.
    pub fn read(text: &'t [u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// Returns the value of the first member with this name.
    pub fn get(&self, name: &str) -> Option<&'t RawValue> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| *value)
    }
}

impl<'t> Deserialize<'t> for Members<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'t> Visitor<'t> for InOrder {
            type Value = Members<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// Appends valid JSON without white space between its tokens, so that it is on one line.
pub fn push_minified(target: &mut Vec<u8>, json: &[u8]) {
    let (mut in_string, mut escaped) = (false, false);
    target.extend(json.iter().filter(|byte| {
        let keep = in_string || !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => {}
        }
        keep
    }));
}

/// Appends `text` as a JSON string.
pub fn push_string(target: &mut Vec<u8>, text: &str) {
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(target, text);
}

/// Returns `text` as a JSON string in which control characters are escaped, so that it is safe to print on a terminal.
pub fn quoted(text: &str) -> String {
    let mut json = Vec::new();
    push_string(&mut json, text);
    harmless(&String::from_utf8_lossy(&json))
}

/// Returns `text` unchanged, or quoted if it is empty or contains characters that need escapes.
pub fn plain(text: &str) -> String {
    let quoted = quoted(text);
    let unchanged = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(text);
    if unchanged && !text.is_empty() { text.to_owned() } else { quoted }
}

/// Returns valid JSON in which every character that could control a terminal is written as an escape.
pub fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_harmful(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Returns whether a character is a C0 or C1 control, reorders or hides text, separates lines, or is invisible.
pub fn is_harmful(character: char) -> bool {
    matches!(
        u32::from(character),
        0..0x20 | 0x7f..0xa0 | 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
            | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff
    )
}

/// Formats valid JSON on one line of at most `width` characters, or else with one member or element per line.
pub fn laid_out(json: &str, indent: usize, width: usize) -> String {
    let mut minified = Vec::with_capacity(json.len());
    push_minified(&mut minified, json.as_bytes());
    let minified = harmless(&String::from_utf8_lossy(&minified));
    let spaced = spaced(&minified);
    if spaced.chars().count() <= width { spaced } else { broken(&minified, indent) }
}

/// Adds a space after each comma and colon.
fn spaced(minified: &str) -> String {
    let mut text = String::with_capacity(minified.len() + 16);
    for (character, in_string) in structure(minified) {
        text.push(character);
        if !in_string && matches!(character, ',' | ':') {
            text.push(' ');
        }
    }
    text
}

fn broken(minified: &str, indent: usize) -> String {
    let mut text = String::with_capacity(minified.len() * 2);
    let mut depth = 0;
    let mut opened = false;
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', indent + 2 * depth));
    };
    for (character, in_string) in structure(minified) {
        let closes = !in_string && matches!(character, '}' | ']');
        if closes {
            depth -= 1;
        }
        // An empty object or array stays on one line.
        if opened != closes {
            line(&mut text, depth);
        }
        text.push(character);
        opened = !in_string && matches!(character, '{' | '[');
        match character {
            _ if in_string => {}
            '{' | '[' => depth += 1,
            ',' => line(&mut text, depth),
            ':' => text.push(' '),
            _ => {}
        }
    }
    text
}

/// Returns each character, and whether it is part of a string.
fn structure(json: &str) -> impl Iterator<Item = (char, bool)> {
    let (mut in_string, mut escaped) = (false, false);
    json.chars().map(move |character| {
        let was = in_string;
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
        (character, was || in_string)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minified(json: &str) -> String {
        let mut target = Vec::new();
        push_minified(&mut target, json.as_bytes());
        String::from_utf8(target).unwrap()
    }

    #[test]
    fn minified_json_keeps_the_spelling_of_values() {
        let json = " {\r\n\t\"a b\" : [ 1.50 , 1e400, \"x\\\" \\\\\" , null ] ,\n\"\\u0062\":{ } }\n";
        assert_eq!(minified(json), r#"{"a b":[1.50,1e400,"x\" \\",null],"\u0062":{}}"#);
    }

    #[test]
    fn members_keep_their_order_and_spelling() {
        let members = Members::read(br#"{"z": 1.50, "\u0061": {"b" : 1}, "z": 2}"#).unwrap();
        let shown: Vec<_> = members.0.iter().map(|(name, value)| (name.as_str(), value.get())).collect();
        assert_eq!(shown, [("z", "1.50"), ("a", "{\"b\" : 1}"), ("z", "2")]);
        assert!(Members::read(b"[]").is_none() && Members::read(b"{} x").is_none());
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            quoted("a\u{1b}[2J\r\n\u{9b}\u{202e}\u{7f}\u{e0041}ü😀"),
            "\"a\\u001b[2J\\r\\n\\u009b\\u202e\\u007f\\udb40\\udc41ü😀\""
        );
    }

    #[test]
    fn short_values_are_formatted_on_one_line_and_long_ones_on_several() {
        let json = r#"{"a":[1,{"b":"x, y: {"}],"c":{},"d":[]}"#;
        assert_eq!(laid_out(json, 0, 80), r#"{"a": [1, {"b": "x, y: {"}], "c": {}, "d": []}"#);
        let long = "{\n    \"a\": [\n      1,\n      {\n        \"b\": \"x, y: {\"\n      }\n    ],\n    \"c\": {},\n    \"d\": []\n  }";
        assert_eq!(laid_out(json, 2, 10), long);
        assert_eq!(laid_out("\"\u{1b}\"", 0, 80), "\"\\u001b\"");
    }
}
