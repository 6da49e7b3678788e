//! The name of a session: the `sid` of access tokens, the key of its row.

use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt;
use std::str::FromStr;

/// 16 random bytes. `Display` and `FromStr` use base64url without padding: 22 characters, one spelling for each id.
///
/// The id is not secret: it alone permits nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 16]);

/// The error for a text that is not a [`SessionId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionIdError;

impl SessionId {
    /// Returns a new random id; `None` if the operating system has no random bytes.
    ///
    /// Its text never begins with `-`, which a command line would read as a flag.
    pub(crate) fn random() -> Option<Self> {
        loop {
            let id = Self(random_bytes()?);
            if !id.to_string().starts_with('-') {
                return Some(id);
            }
        }
    }

    /// Returns the id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Fresh bytes of AWS-LC's generator.
pub(crate) fn random_bytes<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).ok().map(|()| bytes)
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 22];
        f.pad(Base64UrlUnpadded::encode(&self.0, &mut text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

impl FromStr for SessionId {
    type Err = SessionIdError;

    fn from_str(text: &str) -> Result<Self, SessionIdError> {
        let mut bytes = [0; 16];
        let length = Base64UrlUnpadded::decode(text, &mut bytes).map_err(|_| SessionIdError)?.len();
        if length == bytes.len() { Ok(Self(bytes)) } else { Err(SessionIdError) }
    }
}

impl fmt::Display for SessionIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid session id; allowed: 22 characters of base64url")
    }
}

impl std::error::Error for SessionIdError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_are_the_same_id() {
        let id = SessionId::random().unwrap();
        assert_eq!(id.to_string().len(), 22);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(SessionId::from_bytes(*id.as_bytes()), id);
    }

    #[test]
    fn a_new_id_can_be_written_after_a_command() {
        for _ in 0..1000 {
            assert!(!SessionId::random().unwrap().to_string().starts_with('-'));
        }
    }

    #[test]
    fn an_id_has_one_spelling() {
        let text = SessionId::from_bytes([0; 16]).to_string();
        assert_eq!(text, "A".repeat(22));
        for wrong in [
            "",
            "A",
            &"A".repeat(21),
            &"A".repeat(23),
            &format!("{text}=="),
            "AAAAAAAAAAAAAAAAAAAAAB",
            "AAAAAAAAAAAAAAAAAAAA+A",
        ] {
            assert_eq!(wrong.parse::<SessionId>(), Err(SessionIdError), "{wrong}");
        }
    }
}
