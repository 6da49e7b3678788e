//! E-mail addresses as names of accounts.

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// An e-mail address, and its canonical form, by which accounts are compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    /// The address as the user wrote it, with the domain in lower case.
    shown: String,
    key: String,
}

/// The limits of an address in bytes (RFC 5321 §4.5.3.1): 254 in all, 64 before the @, 63 for a label of the domain.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;

impl Email {
    /// Reads an address without the forms that no provider hands out: quotes, comments, addresses in brackets. White space
    /// around it is dropped. Letters beyond ASCII are allowed (RFC 6531), and composed (NFC), so that all keyboards write
    /// the same.
    pub fn parse(text: &str) -> Result<Self, NoEmail> {
        let text = text.trim();
        // What is far too long need not be normalised first.
        if text.len() > 4 * LONGEST {
            return Err(NoEmail::TooLong);
        }
        let text: String = text.nfc().collect();
        if text.len() > LONGEST {
            return Err(NoEmail::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(NoEmail::NotOne)?;
        if local.len() > LONGEST_LOCAL {
            return Err(NoEmail::TooLong);
        }
        if !is_local(local) || !is_domain(domain) {
            return Err(NoEmail::NotOne);
        }
        let domain = domain.to_lowercase();
        let shown = format!("{local}@{domain}");
        let key = format!("{}@{domain}", local.to_lowercase());
        Ok(Self { shown, key })
    }

    /// Returns the address for display and for sending mail.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// Returns the canonical form for comparisons. Mail servers can distinguish `Jane@` and `jane@`, but people do not.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Restores an address from the database, where [`as_str`](Self::as_str) was stored.
    pub(crate) fn from_database(shown: String) -> Self {
        let key = shown.to_lowercase();
        Self { shown, key }
    }
}

/// Returns whether the text is a dot-atom (RFC 5322 §3.2.3).
fn is_local(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

fn is_atom(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character) || is_beyond_ascii(character)
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        let inner =
            |character: char| character.is_ascii_alphanumeric() || character == '-' || is_beyond_ascii(character);
        !label.is_empty()
            && label.len() <= LONGEST_LABEL
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(inner)
    })
}

/// Returns whether a character is a letter, digit or mark of any script. Invisible characters and those that change the
/// direction of text are not.
fn is_beyond_ascii(character: char) -> bool {
    !character.is_ascii()
        && !character.is_whitespace()
        && !character.is_control()
        && !glowband_text::json::is_harmful(character)
}

/// Why a text is not an e-mail address. The text goes to the user who entered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEmail {
    NotOne,
    TooLong,
}

impl fmt::Display for NoEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOne => f.write_str("This is no e-mail address; one looks like name@example.org."),
            Self::TooLong => write!(
                f,
                "The e-mail address is too long; {LONGEST} bytes are allowed, {LONGEST_LOCAL} of them before the @."
            ),
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Hides the address, which is personal data, from logs.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one_account() {
        for (text, shown, key) in [
            ("  Jane.Doe@EXAMPLE.org\n", "Jane.Doe@example.org", "jane.doe@example.org"),
            ("a+b_c@localhost", "a+b_c@localhost", "a+b_c@localhost"),
            ("JOS\u{c9}@m\u{dc}nchen.example", "JOS\u{c9}@m\u{fc}nchen.example", "jos\u{e9}@m\u{fc}nchen.example"),
            // The same in five and six code points.
            ("JOSE\u{301}@mu\u{308}nchen.example", "JOS\u{c9}@m\u{fc}nchen.example", "jos\u{e9}@m\u{fc}nchen.example"),
        ] {
            let email = Email::parse(text).unwrap();
            assert_eq!((email.as_str(), email.key()), (shown, key));
            assert_eq!(Email::from_database(shown.to_owned()), email);
            assert_eq!(Email::parse(email.as_str()), Ok(email));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "@",
            "jane",
            "jane@",
            "@example.org",
            "jane@@example.org",
            "jane@a@b",
            "ja ne@example.org",
            ".jane@x.org",
            "jane.@x.org",
            "ja..ne@x.org",
            "jane@-x.org",
            "jane@x-.org",
            "jane@x..org",
            "jane@.org",
            "jane@x.org.",
            "\"jane\"@x.org",
            "jane@[127.0.0.1]",
            "jane(x)@x.org",
            "jane@x_y.org",
            "jane@x.org, joe@x.org",
            "ja\0ne@x.org",
            "ja\u{202e}ne@x.org",
            "ja\u{200b}ne@x.org",
            "jane@x\u{3000}.org",
            "<jane@x.org>",
        ] {
            assert_eq!(Email::parse(text), Err(NoEmail::NotOne), "{text:?}");
        }
    }

    #[test]
    fn lengths_are_those_of_mail() {
        let local = "x".repeat(64);
        let domain = |length: usize| format!("{}.{}", ["y".repeat(62).as_str(); 3].join("."), "z".repeat(length - 189));
        assert!(Email::parse(&format!("{local}@example.org")).is_ok());
        assert_eq!(Email::parse(&format!("x{local}@example.org")), Err(NoEmail::TooLong));
        let address = format!("jane@{}", domain(249));
        assert_eq!(address.len(), 254);
        assert!(Email::parse(&address).is_ok());
        assert_eq!(Email::parse(&format!("x{address}")), Err(NoEmail::TooLong));
        assert_eq!(Email::parse(&format!("jane@{}.org", "y".repeat(64))), Err(NoEmail::NotOne));
        assert_eq!(Email::parse(&"x@y".repeat(1_000_000)), Err(NoEmail::TooLong));
    }

    #[test]
    fn no_address_gets_into_a_log() {
        assert_eq!(format!("{:?}", Email::parse("jane@example.org")), "Ok(Email(…))");
    }
}
