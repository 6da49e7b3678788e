//! Reads the token from a cookie (RFC 6265 §4.2.1).

use crate::bearer::is_token;
use crate::rejection::Malformed;

/// Returns the token in the cookie `name`, or `None` if there is no such cookie or it is empty.
///
/// All `Cookie` headers are read, because HTTP/2 may split them (RFC 9113 §8.2.3). Names are compared byte by byte,
/// including prefixes such as `__Host-`. An empty cookie counts as missing, because servers empty a cookie that they
/// cannot delete. A value in quotes is malformed: tokens need no quotes.
///
/// ```
/// use glowband_http::from_cookies;
///
/// let header = b"theme=dark; __Host-access=aaa.bbb.ccc";
/// assert_eq!(from_cookies([&header[..]], "__Host-access"), Ok(Some(&b"aaa.bbb.ccc"[..])));
/// ```
///
/// # Errors
/// - [`Malformed::SeveralCookies`]: more than one cookie has this name. Another site may have set one for a parent
///   domain or another path.
/// - [`Malformed::Cookie`]: the value is not a token.
pub fn from_cookies<'h>(values: impl IntoIterator<Item = &'h [u8]>, name: &str) -> Result<Option<&'h [u8]>, Malformed> {
    let mut found = None;
    for pair in values.into_iter().flat_map(|value| value.split(|byte| *byte == b';')) {
        let Some((own, value)) = pair_of(pair) else {
            continue;
        };
        if own == name.as_bytes() && found.replace(value).is_some() {
            return Err(Malformed::SeveralCookies);
        }
    }
    match found {
        None | Some([]) => Ok(None),
        Some(value) if is_token(value) => Ok(Some(value)),
        Some(_) => Err(Malformed::Cookie),
    }
}

/// Splits `cookie-pair = cookie-name "=" cookie-value`, without the spaces around it.
fn pair_of(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let pair = pair.trim_ascii();
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    let (name, value) = pair.split_at_checked(equals)?;
    Some((name, value.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(header: &str) -> Result<Option<&[u8]>, Malformed> {
        from_cookies([header.as_bytes()], "__Host-t")
    }

    #[test]
    fn a_cookie_is_found_by_its_exact_name() {
        for header in [
            "__Host-t=a.b.c",
            "x=1; __Host-t=a.b.c",
            "__Host-t=a.b.c; x=1",
            "x=1;__Host-t=a.b.c;",
            "=; ;__Host-t=a.b.c",
        ] {
            assert_eq!(one(header), Ok(Some(&b"a.b.c"[..])), "{header}");
        }
        for header in
            ["", "t=a.b.c", "__host-t=a.b.c", "__Host-t", "x__Host-t=a", "__Host-t2=a", "x=__Host-t=a", "__Host-t ="]
        {
            assert_eq!(one(header), Ok(None), "{header}");
        }
        assert_eq!(from_cookies([], "__Host-t"), Ok(None));
        assert_eq!(from_cookies([&b"x=1"[..], b"__Host-t=a.b.c"], "__Host-t"), Ok(Some(&b"a.b.c"[..])));
    }

    #[test]
    fn an_empty_cookie_gives_no_token() {
        assert_eq!(one("__Host-t="), Ok(None));
        assert_eq!(one("__Host-t=; x=1"), Ok(None));
    }

    #[test]
    fn two_cookies_of_one_name_are_refused_in_one_header_and_in_two() {
        assert_eq!(one("__Host-t=a; __Host-t=a"), Err(Malformed::SeveralCookies));
        assert_eq!(one("__Host-t=a; __Host-t="), Err(Malformed::SeveralCookies));
        assert_eq!(from_cookies([&b"t=a"[..], b"t=b"], "t"), Err(Malformed::SeveralCookies));
    }

    #[test]
    fn a_value_that_is_not_a_token_is_malformed() {
        for header in [
            "__Host-t=\"a.b.c\"",
            "__Host-t=a b",
            "__Host-t=a,b",
            "__Host-t=a\0",
            "__Host-t=ä",
            "__Host-t=a=b",
            "__Host-t= a\u{a0}",
        ] {
            assert_eq!(one(header), Err(Malformed::Cookie), "{header}");
        }
    }
}
