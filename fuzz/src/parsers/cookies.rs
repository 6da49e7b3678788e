//! `Cookie` headers, one a line, against RFC 6265 section 4.2.1 by searching for the name.

use glowband_http::{Malformed, from_cookies};

const NAME: &str = "__Host-t";

pub fn compare(bytes: &[u8]) {
    let headers: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    assert_eq!(from_cookies(headers.iter().copied(), NAME), expected(&headers), "{}", bytes.escape_ascii());
}

fn expected<'h>(headers: &[&'h [u8]]) -> Result<Option<&'h [u8]>, Malformed> {
    let start = [NAME.as_bytes(), b"="].concat();
    let mut values = Vec::new();
    for header in headers {
        for pair in header.split(|byte| *byte == b';') {
            let from = pair.iter().position(|byte| !is_space(*byte)).unwrap_or(pair.len());
            let to = pair.iter().rposition(|byte| !is_space(*byte)).map_or(from, |last| last + 1);
            values.extend(pair[from..to].strip_prefix(start.as_slice()));
        }
    }
    match values.as_slice() {
        [] => Ok(None),
        [value] if value.is_empty() => Ok(None),
        [value] if is_token(value) => Ok(Some(value)),
        [_] => Err(Malformed::Cookie),
        _ => Err(Malformed::SeveralCookies),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c' | b'\r' | b'\n')
}

/// Padding may stand before each dot, as at the end.
fn is_token(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    let is_character = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    let unpadded = text.trim_end_matches('=');
    // Taken away where it may stand, no padding is left.
    let mut plain = unpadded.to_owned();
    while plain.contains("=.") {
        plain = plain.replace("=.", ".");
    }
    text.starts_with(is_character) && plain.chars().all(is_character)
}
