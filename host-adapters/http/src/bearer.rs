//! The token in a request's `Authorization` header (RFC 6750 §2.1, RFC 9110 §11.4).

use crate::rejection::Malformed;

/// The token of a request's `Authorization` headers; `None` if it brings none.
///
/// `credentials = "Bearer" 1*SP token68`: the scheme in any case, one space or more (no tab), the characters of
/// token68, and nothing behind them. Each segment of a token may end with `=`, as token68 may: the verifier refuses that
/// with a number of its own. Credentials of another scheme are no token (RFC 6750 §3.1 calls that "an
/// unsupported authentication method", which gets a challenge without an error code).
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
/// [`Malformed::SeveralHeaders`] for more than one `Authorization` header, whatever they say: what is in front of
/// this server may have looked at another one. [`Malformed::Header`] for a header that is not as above.
pub fn from_authorization<'h>(values: impl IntoIterator<Item = &'h [u8]>) -> Result<Option<&'h [u8]>, Malformed> {
    let mut values = values.into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Malformed::SeveralHeaders);
    }
    let length = value.iter().take_while(|byte| is_token_character(**byte)).count();
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

/// The token of another header than `Authorization`, with or without `Bearer` before it; `None` for a request without
/// that header, and for an empty one.
///
/// # Errors
/// [`Malformed::SeveralTokenHeaders`] for more than one such header, [`Malformed::TokenHeader`] for one that does not
/// hold a token.
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

/// Without the spaces around it.
fn trimmed(value: &[u8]) -> &[u8] {
    let start = value.iter().take_while(|byte| **byte == b' ').count();
    let rest = value.get(start..).unwrap_or_default();
    let end = rest.iter().rev().take_while(|byte| **byte == b' ').count();
    rest.get(..rest.len() - end).unwrap_or_default()
}

/// token68 in which padding may also stand before each dot, as some issuers pad every segment of a token.
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
    // Every request comes through here: without an early end the compiler takes many bytes at once.
    let foreign = characters.iter().fold(false, |foreign, byte| foreign | !is_token68_character(*byte));
    !characters.is_empty() && !foreign
}

const fn is_token68_character(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit_or_dash_dot_slash = byte.wrapping_sub(b'-') < 13;
    letter | digit_or_dash_dot_slash | (byte == b'+') | (byte == b'_') | (byte == b'~')
}

/// `tchar` (RFC 9110 §5.6.2).
fn is_token_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &[u8]) -> Result<Option<&[u8]>, Malformed> {
        from_authorization([value])
    }

    #[test]
    fn the_scheme_has_any_case_and_one_space_or_more() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "bEaReR   a.b.c"] {
            assert_eq!(one(value.as_bytes()), Ok(Some(&b"a.b.c"[..])), "{value}");
        }
        assert_eq!(one(b"Bearer AZaz09-._~+/=="), Ok(Some(&b"AZaz09-._~+/=="[..])));
        let long = format!("Bearer {}", "a".repeat(10_240));
        assert_eq!(one(long.as_bytes()).map(|token| token.map(<[u8]>::len)), Ok(Some(10_240)), "the verifier judges");
    }

    #[test]
    fn padding_before_a_dot_is_for_the_verifier_to_judge() {
        for value in ["a==.b=.c=", "a=.b.c", "a.b=.c", "a==..", "a.b.c==", "a.=.c", "a===.b.c"] {
            assert_eq!(one(format!("Bearer {value}").as_bytes()), Ok(Some(value.as_bytes())), "{value}");
        }
        for value in ["a=b.c.d", "=.b.c", "=", "a=.b c", "a=,b"] {
            assert_eq!(one(format!("Bearer {value}").as_bytes()), Err(Malformed::Header), "{value}");
        }
    }

    #[test]
    fn another_header_holds_a_token_with_or_without_its_scheme() {
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
    fn no_header_and_other_schemes_are_no_token() {
        assert_eq!(from_authorization([]), Ok(None));
        for value in ["Basic YTpi", "Digest a=b, c=d", "Bearerx a.b.c", "DPoP a.b.c", "Negotiate", "Basic x, Bearer y"]
        {
            assert_eq!(one(value.as_bytes()), Ok(None), "{value}");
        }
    }

    #[test]
    fn two_headers_are_one_too_many() {
        for second in ["Bearer a.b.c", "Bearer d.e.f", "Basic YTpi", ""] {
            assert_eq!(from_authorization([&b"Bearer a.b.c"[..], second.as_bytes()]), Err(Malformed::SeveralHeaders));
            assert_eq!(from_authorization([second.as_bytes(), b"Bearer a.b.c"]), Err(Malformed::SeveralHeaders));
        }
    }

    #[test]
    fn everything_else_is_malformed() {
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
    fn exactly_the_characters_of_token68_are_taken() {
        for byte in 0..=u8::MAX {
            let taken = one(&[b"Bearer a", &[byte][..], b"c"].concat()).is_ok();
            assert_eq!(taken, byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte), "{byte:#x}");
        }
    }
}
