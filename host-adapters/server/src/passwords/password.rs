//! A password in memory, and the reasons to refuse a new one.

use std::fmt;
use zeroize::Zeroizing;

/// Longer passwords are refused. Truncating them would accept passwords that were never set.
pub const MAX_BYTES: usize = 256;

/// A password as the client sent it. It is erased when it is dropped, and never printed.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Accepts any text of at most [`MAX_BYTES`] bytes. The rules for new passwords are checked elsewhere.
    pub fn new(text: String) -> Result<Self, PasswordProblem> {
        let text = Zeroizing::new(text);
        if text.len() > MAX_BYTES {
            return Err(PasswordProblem::TooLong { bytes: text.len() });
        }
        Ok(Self(text))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Returns the text, to show a generated password once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Why a new password is refused. The error texts never contain the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    TooLong {
        bytes: usize,
    },
    TooShort {
        min_length: usize,
    },
    /// The e-mail address, or the part before the @.
    IsTheAddress,
    /// It repeats one character or a short sequence.
    Repeats,
    /// It is a sequence such as `123456…`, `abcdef…` or a row of the keyboard.
    IsASequence,
    WellKnown,
}

impl fmt::Display for PasswordProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes } => {
                write!(f, "The password has {bytes} bytes; at most {MAX_BYTES} are allowed.")
            }
            Self::TooShort { min_length } => write!(f, "The password needs at least {min_length} characters."),
            Self::IsTheAddress => f.write_str("The password must not be the e-mail address."),
            Self::Repeats => f.write_str("The password must not be the same few characters over and over."),
            Self::IsASequence => f.write_str("The password must not be a row of neighbouring characters."),
            Self::WellKnown => f.write_str("The password is one of those that attackers try first."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_password_is_refused_and_none_is_shown() {
        let longest = Password::new("ü".repeat(128)).unwrap();
        assert_eq!(longest.text().len(), MAX_BYTES);
        let refused = Password::new("ü".repeat(128) + "x").unwrap_err();
        assert_eq!(refused.to_string(), "The password has 257 bytes; at most 256 are allowed.");
        assert_eq!(format!("{:?}", Password::new("secret".to_owned())), "Ok(Password(…))");
    }
}
