//! Inputs that are made to cost much: each as long as is asked, or a little shorter.

use base64ct::{Base64UrlUnpadded, Encoding as _};

/// A family of inputs, by its name.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) input: fn(usize) -> Vec<u8>,
}

/// Texts of JSON, for payloads and for keys.
pub(crate) const DOCUMENTS: &[Family] = &[
    Family { name: "brackets", input: |length| around("{\"a\":", "[", "}", length) },
    Family {
        name: "sixteen brackets, again and again",
        input: |length| repeated("[", &format!("{}{},", "[".repeat(14), "]".repeat(14)), "0]", length),
    },
    Family { name: "braces", input: |length| "{\"a\":".repeat(length / 5).into_bytes() },
    Family { name: "digits", input: |length| around("{\"exp\":", "9", "}", length) },
    Family { name: "digits behind the point", input: |length| around("{\"exp\":0.", "9", "}", length) },
    Family { name: "digits of an exponent", input: |length| around("{\"exp\":1e", "9", "}", length) },
    Family {
        name: "zeros and an exponent that undoes them",
        input: |length| around("{\"exp\":0.", "0", "1e65000}", length),
    },
    Family { name: "a long string", input: |length| around("{\"sub\":\"", "a", "\"}", length) },
    Family { name: "a string of escapes", input: |length| around("{\"iss\":\"", "\\u0061", "\"}", length) },
    Family {
        name: "a string of pairs of surrogates",
        input: |length| around("{\"iss\":\"", "\\ud83d\\ude00", "\"}", length),
    },
    Family { name: "a string beyond ASCII", input: |length| around("{\"iss\":\"", "\u{e9}", "\"}", length) },
    Family { name: "white space", input: |length| around("{", " ", "}", length) },
    Family { name: "audiences", input: |length| around("{\"aud\":[\"x\"", ",\"x\"", "]}", length) },
    Family { name: "audiences with escapes", input: |length| around("{\"aud\":[\"x\"", ",\"\\u0078\"", "]}", length) },
    Family {
        name: "audiences, the last one wrong",
        input: |length| around("{\"aud\":[\"x\"", ",\"x\"", ",1]}", length),
    },
    Family { name: "members", input: |length| members(length, 128, "", "") },
    Family { name: "members with long names", input: |length| members(length, 128, "x", "") },
    Family { name: "members with escaped names", input: |length| members(length, 128, "\\u0078", "") },
    Family { name: "members with long values", input: |length| members(length, 128, "", "y") },
    Family { name: "one member more than allowed", input: |length| members(length, 129, "", "y") },
    Family { name: "objects in a list", input: |length| around("{\"a\":[{}", ",{}", "]}", length) },
];

/// Bytes that never become a header.
pub(crate) const TOKENS: &[Family] = &[
    Family { name: "dots", input: |length| vec![b'.'; length] },
    Family { name: "no dot", input: |length| vec![b'A'; length] },
    Family { name: "two dots at the end", input: |length| [vec![b'A'; length - 2], b"..".to_vec()].concat() },
    Family { name: "a dot in every eight", input: |length| b"AAAAAAA.".iter().copied().cycle().take(length).collect() },
    Family { name: "an object", input: |length| [b"{".to_vec(), vec![b'.'; length - 1]].concat() },
    Family { name: "bytes that differ from a dot in one bit", input: |length| vec![b'.' ^ 0x80; length] },
];

/// A token with this payload, for keys that find every signature genuine.
pub(crate) fn token(header: &str, payload: &[u8]) -> Vec<u8> {
    let [header, payload] = [header.as_bytes(), payload].map(Base64UrlUnpadded::encode_string);
    format!("{header}.{payload}.{}", "A".repeat(43)).into_bytes()
}

/// `head`, the unit as often as it fits, `tail`.
pub(crate) fn around(head: &str, unit: &str, tail: &str, length: usize) -> Vec<u8> {
    let count = length.saturating_sub(head.len() + tail.len()) / unit.len();
    format!("{head}{}{tail}", unit.repeat(count)).into_bytes()
}

fn repeated(open: &str, unit: &str, tail: &str, length: usize) -> Vec<u8> {
    let inner = around(open, unit, tail, length.saturating_sub(6));
    [b"{\"a\":".as_slice(), &inner, b"}"].concat()
}

/// That many members, each with a number in its name, and as much of the unit as fits in names or values.
fn members(length: usize, count: usize, in_name: &str, in_value: &str) -> Vec<u8> {
    let room = (length / count).saturating_sub(10);
    let fill = |unit: &str| if unit.is_empty() { String::new() } else { unit.repeat(room / unit.len()) };
    let (name, value) = (fill(in_name), fill(in_value));
    let members: Vec<String> = (0..count).map(|index| format!("\"{name}{index:03}\":\"{value}\"")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}
