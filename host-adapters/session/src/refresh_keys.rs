//! The secrets of refresh tokens. They are kept outside the database.

use crate::{Salt, SessionId};
use aws_lc_rs::hmac;
use std::fmt;

/// The minimum length of a secret in bytes.
pub const MIN_SECRET: usize = 32;

/// The secrets of refresh tokens: the current one, and others that are still accepted.
///
/// Each has an id from 0 to 255 that its tokens carry. To replace a secret while several servers run: accept the new one
/// everywhere ([`accept`](Self::accept)), then make it the current one everywhere, and drop the old one when the sessions
/// of its time are over. A token under an accepted secret is rotated into one under the current secret. A session's row
/// says under which secret its newest token is, so that a replay gets the same bytes from every server, whichever secret
/// is current there.
#[derive(Clone)]
pub struct RefreshKeys {
    current: u8,
    secrets: Vec<(u8, hmac::Key)>,
    /// Digests, to see that no secret comes twice; a secret under two ids would give one token two spellings.
    fingerprints: Vec<[u8; 32]>,
}

/// Why a secret is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The secret has only this many bytes.
    TooShort(usize),
    /// This id has a secret already.
    IdTaken(u8),
    /// The secret is there already, under this id.
    SecretTwice(u8),
    /// The operating system has no random bytes to give.
    NoRandomness,
}

impl RefreshKeys {
    /// Creates a set with the current secret, at least 32 random bytes, and its id.
    ///
    /// # Errors
    /// [`KeyError::TooShort`].
    pub fn new(id: u8, secret: &[u8]) -> Result<Self, KeyError> {
        Self { current: id, secrets: Vec::new(), fingerprints: Vec::new() }.accept(id, secret)
    }

    /// Creates a new random secret that is lost when the process ends: for tests, and for stores in memory.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate() -> Result<Self, KeyError> {
        let secret = zeroize::Zeroizing::new(crate::session_id::random_bytes::<32>().ok_or(KeyError::NoRandomness)?);
        Self::new(0, secret.as_slice())
    }

    /// Adds another secret, older or newer, whose tokens are accepted.
    ///
    /// # Errors
    /// [`KeyError::TooShort`], [`KeyError::IdTaken`], [`KeyError::SecretTwice`].
    pub fn accept(mut self, id: u8, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < MIN_SECRET {
            return Err(KeyError::TooShort(secret.len()));
        }
        if self.secrets.iter().any(|(taken, _)| *taken == id) {
            return Err(KeyError::IdTaken(id));
        }
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret).as_ref());
        if let Some(at) = self.fingerprints.iter().position(|known| *known == fingerprint) {
            return Err(KeyError::SecretTwice(self.secrets[at].0));
        }
        self.fingerprints.push(fingerprint);
        self.secrets.push((id, hmac::Key::new(hmac::HMAC_SHA256, secret)));
        Ok(self)
    }

    /// Returns the id of the current secret.
    pub const fn current(&self) -> u8 {
        self.current
    }

    /// Returns whether there is a secret with this id.
    pub fn has(&self, id: u8) -> bool {
        self.secret(id).is_some()
    }

    /// HMAC-SHA256(K, session id ‖ salt ‖ generation), by the secret with this id.
    pub(crate) fn tag(&self, key_id: u8, session: SessionId, salt: &Salt, generation: u64) -> Option<hmac::Tag> {
        self.secret(key_id).map(|secret| hmac::sign(secret, &input(session, salt, generation)))
    }

    /// Verifies a tag in constant time.
    pub(crate) fn verify(&self, key_id: u8, session: SessionId, salt: &Salt, generation: u64, tag: &[u8; 32]) -> bool {
        self.secret(key_id).is_some_and(|secret| hmac::verify(secret, &input(session, salt, generation), tag).is_ok())
    }

    fn secret(&self, id: u8) -> Option<&hmac::Key> {
        self.secrets.iter().find(|(own, _)| *own == id).map(|(_, secret)| secret)
    }
}

fn input(session: SessionId, salt: &Salt, generation: u64) -> [u8; 40] {
    let mut input = [0; 40];
    input[..16].copy_from_slice(session.as_bytes());
    input[16..32].copy_from_slice(salt.as_bytes());
    input[32..].copy_from_slice(&generation.to_be_bytes());
    input
}

impl fmt::Debug for RefreshKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<u8> = self.secrets.iter().map(|(id, _)| *id).collect();
        f.debug_struct("RefreshKeys").field("current", &self.current).field("ids", &ids).finish_non_exhaustive()
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(bytes) => {
                write!(f, "The secret has {bytes} bytes; at least {MIN_SECRET} are needed, and random ones.")
            }
            Self::IdTaken(id) => write!(f, "The id {id} has a secret already."),
            Self::SecretTwice(id) => write!(f, "This secret is there already, with the id {id}."),
            Self::NoRandomness => f.write_str("The operating system has no random bytes to give."),
        }
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_each_has_its_own_id() {
        let keys = RefreshKeys::new(7, &[1; 32]).unwrap();
        assert_eq!(RefreshKeys::new(7, &[1; 31]).unwrap_err(), KeyError::TooShort(31));
        assert_eq!(keys.clone().accept(7, &[2; 32]).unwrap_err(), KeyError::IdTaken(7));
        assert_eq!(keys.clone().accept(8, &[1; 32]).unwrap_err(), KeyError::SecretTwice(7));
        let keys = keys.accept(8, &[2; 32]).unwrap();
        assert_eq!((keys.current(), keys.has(7), keys.has(8), keys.has(9)), (7, true, true, false));
    }

    #[test]
    fn the_tag_is_that_of_the_specification() {
        let (session, salt) = (SessionId::from_bytes([3; 16]), Salt::from_bytes([4; 16]));
        let keys = RefreshKeys::new(0, &[1; 32]).unwrap().accept(1, &[2; 32]).unwrap();
        let message = [[3; 16].as_slice(), &[4; 16], &9_u64.to_be_bytes()].concat();
        let expected = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[2; 32]), &message);
        let tag = keys.tag(1, session, &salt, 9).unwrap();
        assert_eq!(tag.as_ref(), expected.as_ref());
        let tag: [u8; 32] = tag.as_ref().try_into().unwrap();
        assert!(keys.verify(1, session, &salt, 9, &tag));
        assert!(!keys.verify(0, session, &salt, 9, &tag));
        assert!(!keys.verify(2, session, &salt, 9, &tag));
        assert!(!keys.verify(1, session, &salt, 10, &tag));
        assert!(!keys.verify(1, session, &Salt::from_bytes([5; 16]), 9, &tag));
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        let keys = RefreshKeys::new(7, &[0xAB; 32]).unwrap();
        assert_eq!(format!("{keys:?}"), "RefreshKeys { current: 7, ids: [7], .. }");
    }
}
