//! The `WWW-Authenticate: Bearer` challenge (RFC 6750 §3, RFC 9110 §11.6.1).

use std::fmt;

/// The `error` parameter of a challenge (RFC 6750 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The credentials are malformed, or the request has more than one.
    InvalidRequest,
    /// The token is not valid.
    InvalidToken,
    /// The token is valid, but does not grant the access that the route requires.
    InsufficientScope,
}

impl ErrorCode {
    /// Returns the error code as RFC 6750 spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
        }
    }
}

/// A challenge. `Display` writes the header's value.
///
/// No text can end the header or a quoted string early: quotes and backslashes in the realm are escaped, and characters
/// that the grammar does not allow are replaced by `?`.
///
/// ```
/// use glowband_http::{Challenge, ErrorCode};
///
/// let challenge = Challenge { realm: "orders", error: Some(ErrorCode::InvalidToken), description: None, scope: None };
/// assert_eq!(challenge.to_string(), r#"Bearer realm="orders", error="invalid_token""#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Challenge<'a> {
    /// The name of the protected resources.
    pub realm: &'a str,
    /// The error; `None` if the request had no token.
    pub error: Option<ErrorCode>,
    /// One sentence that describes the error.
    pub description: Option<&'a str>,
    /// The required scopes, separated by spaces.
    pub scope: Option<&'a str>,
}

impl fmt::Display for Challenge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer realm=\"")?;
        for character in self.realm.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                ' '..='~' => write!(f, "{character}")?,
                _ => f.write_str("?")?,
            }
        }
        f.write_str("\"")?;
        if let Some(error) = self.error {
            write!(f, ", error=\"{}\"", error.name())?;
        }
        for (name, value) in [("error_description", self.description), ("scope", self.scope)] {
            if let Some(value) = value {
                write!(f, ", {name}=\"{}\"", Plain(value))?;
            }
        }
        Ok(())
    }
}

/// Writes only `%x20-21 / %x23-5B / %x5D-7E` (RFC 6750 §3), which needs no escapes in quotes; replaces the rest by `?`.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '"' | '\\' => f.write_str("?"),
            ' '..='~' => write!(f, "{character}"),
            _ => f.write_str("?"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Refusal;

    #[test]
    fn the_parameters_have_a_fixed_order() {
        let bare = Challenge { realm: "api", error: None, description: None, scope: None };
        assert_eq!(bare.to_string(), r#"Bearer realm="api""#);
        let full = Challenge {
            error: Some(ErrorCode::InsufficientScope),
            description: Some("The token allows less."),
            scope: Some("orders:read orders:write"),
            ..bare
        };
        assert_eq!(
            full.to_string(),
            "Bearer realm=\"api\", error=\"insufficient_scope\", error_description=\"The token allows less.\", \
             scope=\"orders:read orders:write\""
        );
    }

    #[test]
    fn no_text_can_leave_its_quotes() {
        let nasty = "a\"b\\c\r\nX: y\0é";
        let challenge = Challenge { realm: nasty, error: None, description: Some(nasty), scope: Some(nasty) };
        assert_eq!(
            challenge.to_string(),
            r#"Bearer realm="a\"b\\c??X: y??", error_description="a?b?c??X: y??", scope="a?b?c??X: y??""#
        );
    }

    #[test]
    fn refusal_sentences_need_no_replacement() {
        for refusal in Refusal::ALL {
            assert_eq!(Plain(refusal.sentence()).to_string(), refusal.sentence(), "{refusal:?}");
        }
    }
}
