//! Reads the bearer token of the `Authorization` header (RFC 6750 §2.1, RFC 9110 §11.4).

use crate::rejection::Malformed;

/// Returns the bearer token of the `Authorization` headers, or `None` if there is no header or it has another scheme.
///
/// The grammar is `credentials = "Bearer" 1*SP token68`. The scheme is case-insensitive. One or more spaces follow it
/// (no tab), then the token, then nothing. Padding (`=`) at the end of each segment is accepted here, because the
/// verifier refuses it with a number of its own. Credentials of another scheme are answered with a challenge that has
/// no error code (RFC 6750 §3.1, "an unsupported authentication method").
///
/// ```
/// use glowband_http::{Malformed, from_authorization};
///
/// assert_eq!(from_authorization([&b"bearer aaa.bbb.ccc"[..]]), Ok(Some(&b"aaa.bbb.ccc"[..])));
/// assert_eq!(from_authorization([&b"Basic YTpi"[..]]), Ok(None));
/// assert_eq!(from_authorization([&b"Bearer a"[..], b"Bearer b"]), Err(Malformed::SeveralHeaders));
/// ```
///
/// # Errors
/// - [`Malformed::SeveralHeaders`]: the request has more than one `Authorization` header. A proxy in front of this
///   server may have checked a different one.
/// - [`Malformed::Header`]: the header does not match the grammar.
pub fn from_authorization<'h>(values: impl IntoIterator<Item = &'h [u8]>) -> Result<Option<&'h [u8]>, Malformed> {
    let mut values = values.into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Malformed::SeveralHeaders);
    }
    // `tchar` (RFC 9110 §5.6.2).
    let in_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let length = value.iter().take_while(|byte| in_scheme(byte)).count();
    let (scheme, rest) = value.split_at_checked(length).ok_or(Malformed::Header)?;
    if scheme.is_empty() {
        return Err(Malformed::Header);
    }
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Ok(None);
    }
    let token = rest.trim_ascii_start();
    let between = rest.split_at_checked(rest.len() - token.len()).map_or(rest, |(spaces, _)| spaces);
    let spaced = !between.is_empty() && between.iter().all(|byte| *byte == b' ');
    if spaced && is_token(token) { Ok(Some(token)) } else { Err(Malformed::Header) }
}

/// Returns the token of a header other than `Authorization`, with or without the prefix `Bearer`.
///
/// Returns `None` if the header is missing or empty.
///
/// # Errors
/// - [`Malformed::SeveralTokenHeaders`]: the header occurs more than once.
/// - [`Malformed::TokenHeader`]: the value is not a token.
pub(crate) fn from_header<'h>(values: impl IntoIterator<Item = &'h [u8]>) -> Result<Option<&'h [u8]>, Malformed> {
    let mut values = values.into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Malformed::SeveralTokenHeaders);
    }
    let value = trimmed(value);
    let token = match value.split_at_checked(BEARER.len()) {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case(BEARER) && rest.first().is_none_or(|byte| *byte == b' ') =>
        {
            trimmed(rest)
        }
        _ => value,
    };
    match token {
        [] => Ok(None),
        token if is_token(token) => Ok(Some(token)),
        _ => Err(Malformed::TokenHeader),
    }
}

const BEARER: &[u8] = b"Bearer";

/// Removes the spaces at both ends. Tabs are kept, so that they are refused.
fn trimmed(value: &[u8]) -> &[u8] {
    let start = value.iter().take_while(|byte| **byte == b' ').count();
    let rest = value.get(start..).unwrap_or_default();
    let end = rest.iter().rev().take_while(|byte| **byte == b' ').count();
    rest.get(..rest.len() - end).unwrap_or_default()
}

/// Returns whether the text is a token68, or one with padding before the dots (some issuers pad every segment).
pub(crate) fn is_token(text: &[u8]) -> bool {
    is_token68(text) || is_padded(text)
}

fn is_padded(text: &[u8]) -> bool {
    let starts = text.first().is_some_and(|byte| is_token68_character(*byte));
    let known = text.iter().all(|byte| *byte == b'=' || is_token68_character(*byte));
    let pairs = text.iter().zip(text.iter().skip(1));
    starts && known && pairs.into_iter().all(|(one, next)| *one != b'=' || matches!(next, b'=' | b'.'))
}

/// `token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 9110 §11.2).
pub(crate) fn is_token68(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let Some((characters, _)) = text.split_at_checked(text.len() - padding) else {
        return false;
    };
    // No early return: the compiler can then process many bytes at once.
    let other = characters.iter().fold(false, |other, byte| other | !is_token68_character(*byte));
    !characters.is_empty() && !other
}

const fn is_token68_character(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit_or_dash_dot_slash = byte.wrapping_sub(b'-') < 13;
    letter | digit_or_dash_dot_slash | (byte == b'+') | (byte == b'_') | (byte == b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &[u8]) -> Result<Option<&[u8]>, Malformed> {
        from_authorization([value])
    }

    #[test]
    fn the_scheme_is_case_insensitive_and_followed_by_spaces() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "bEaReR   a.b.c"] {
            assert_eq!(one(value.as_bytes()), Ok(Some(&b"a.b.c"[..])), "{value}");
        }
        assert_eq!(one(b"Bearer AZaz09-._~+/=="), Ok(Some(&b"AZaz09-._~+/=="[..])));
        let long = format!("Bearer {}", "a".repeat(10_240));
        assert_eq!(one(long.as_bytes()).map(|token| token.map(<[u8]>::len)), Ok(Some(10_240)), "no limit here");
    }

    #[test]
    fn padding_before_a_dot_is_left_to_the_verifier() {
        for value in ["a==.b=.c=", "a=.b.c", "a.b=.c", "a==..", "a.b.c==", "a.=.c", "a===.b.c"] {
            assert_eq!(one(format!("Bearer {value}").as_bytes()), Ok(Some(value.as_bytes())), "{value}");
        }
        for value in ["a=b.c.d", "=.b.c", "=", "a=.b c", "a=,b"] {
            assert_eq!(one(format!("Bearer {value}").as_bytes()), Err(Malformed::Header), "{value}");
        }
    }

    #[test]
    fn a_named_header_has_an_optional_scheme() {
        let one = |value: &'static str| from_header([value.as_bytes()]);
        for value in ["a.b.c", "Bearer a.b.c", "bearer  a.b.c", " a.b.c ", "BEARER a.b.c "] {
            assert_eq!(one(value), Ok(Some(&b"a.b.c"[..])), "{value:?}");
        }
        for value in ["", " ", "Bearer", "Bearer ", "bearer  "] {
            assert_eq!(one(value), Ok(None), "{value:?}");
        }
        for value in ["a b", "Basic YTpi", "Bearer a b", "Bearer\ta", "a,b", "\"a\"", "a.b.c, d.e.f"] {
            assert_eq!(one(value), Err(Malformed::TokenHeader), "{value:?}");
        }
        assert_eq!(from_header([]), Ok(None));
        assert_eq!(from_header([&b"a.b.c"[..], b"a.b.c"]), Err(Malformed::SeveralTokenHeaders));
        assert_eq!(from_header([&b"a.b.c"[..], b""]), Err(Malformed::SeveralTokenHeaders));
    }

    #[test]
    fn a_missing_header_or_another_scheme_gives_no_token() {
        assert_eq!(from_authorization([]), Ok(None));
        for value in ["Basic YTpi", "Digest a=b, c=d", "Bearerx a.b.c", "DPoP a.b.c", "Negotiate", "Basic x, Bearer y"]
        {
            assert_eq!(one(value.as_bytes()), Ok(None), "{value}");
        }
    }

    #[test]
    fn two_authorization_headers_are_malformed() {
        for second in ["Bearer a.b.c", "Bearer d.e.f", "Basic YTpi", ""] {
            assert_eq!(from_authorization([&b"Bearer a.b.c"[..], second.as_bytes()]), Err(Malformed::SeveralHeaders));
            assert_eq!(from_authorization([second.as_bytes(), b"Bearer a.b.c"]), Err(Malformed::SeveralHeaders));
        }
    }

    #[test]
    fn other_values_are_malformed() {
        let bad: &[&[u8]] = &[
            b"",
            b" ",
            b" Bearer a",
            b"Bearer",
            b"Bearer ",
            b"Bearer\ta",
            b"Bearer \ta",
            b"Bearer\t a",
            b"Bearer\x0ba",
            b"Bearer,a",
            b"Bearer:a",
            b"Bearer=a",
            b"Bearer a ",
            b"Bearer a\t",
            b"Bearer a b",
            b"Bearer a, Bearer b",
            b"Bearer a,b",
            b"Bearer =",
            b"Bearer a=b",
            b"Bearer \"a\"",
            b"Bearer token=\"a\"",
            b"Bearer a\0",
            b"Bearer \0",
            b"\0Bearer a",
            "Bearer ä".as_bytes(),
            "Bearer a\u{a0}b".as_bytes(),
            b"Bearer\xa0a",
            b"Bearer \xff",
            b"Bearer a\r\nX: y",
        ];
        for value in bad {
            assert_eq!(one(value), Err(Malformed::Header), "{:?}", value.escape_ascii().to_string());
        }
    }

    #[test]
    fn exactly_the_characters_of_token68_are_accepted() {
        for byte in 0..=u8::MAX {
            let taken = one(&[b"Bearer a", &[byte][..], b"c"].concat()).is_ok();
            assert_eq!(taken, byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte), "{byte:#x}");
        }
    }
}
