//! `Authorization` headers, one a line, against the grammar of RFC 6750 and RFC 9110 read from left to right.

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
    let characters = end_of(header, spaces, |byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
    let padding = end_of(header, characters, |byte| byte == b'=');
    if scheme == 0 {
        Err(Malformed::Header)
    } else if header[..scheme].to_ascii_lowercase() != b"bearer" {
        Ok(None)
    } else if spaces > scheme && characters > spaces && padding == header.len() {
        Ok(Some(&header[spaces..]))
    } else {
        Err(Malformed::Header)
    }
}

fn end_of(bytes: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    (from..bytes.len()).find(|at| !is_part(bytes[*at])).unwrap_or(bytes.len())
}
