//! `Authorization` headers, one a line, against the grammar of RFC 6750 and RFC 9110 read from left to right. Padding may end
//! each segment of a token, because the verifier is to refuse it with a number of its own.

use glowband_http::{Malformed, from_authorization};

pub fn compare(bytes: &[u8]) {
    let headers: Vec<&[u8]> = if bytes.is_empty() { Vec::new() } else { bytes.split(|byte| *byte == b'\n').collect() };
    assert_eq!(from_authorization(headers.iter().copied()), expected(&headers), "{}", bytes.escape_ascii());
}

fn expected<'h>(headers: &[&'h [u8]]) -> Result<Option<&'h [u8]>, Malformed> {
    let header = match headers {
        [] => return Ok(None),
        [header] => *header,
        _ => return Err(Malformed::SeveralHeaders),
    };
    // The end of each part in turn.
    let scheme = end_of(header, 0, |byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    let spaces = end_of(header, scheme, |byte| byte == b' ');
    let is_character = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    let characters = end_of(header, spaces, is_character);
    // Characters and padding in turn, where the next characters begin with a dot.
    let mut end = end_of(header, characters, |byte| byte == b'=');
    while header.get(end) == Some(&b'.') {
        end = end_of(header, end_of(header, end, is_character), |byte| byte == b'=');
    }
    if scheme == 0 {
        Err(Malformed::Header)
    } else if header[..scheme].to_ascii_lowercase() != b"bearer" {
        Ok(None)
    } else if spaces > scheme && characters > spaces && end == header.len() {
        Ok(Some(&header[spaces..]))
    } else {
        Err(Malformed::Header)
    }
}

fn end_of(bytes: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    (from..bytes.len()).find(|at| !is_part(bytes[*at])).unwrap_or(bytes.len())
}
