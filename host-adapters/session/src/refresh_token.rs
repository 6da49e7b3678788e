//! The form of refresh tokens: `gbr_` and base64url(version ‖ key id ‖ session id ‖ generation ‖ tag).

use crate::{RefreshKeys, Session, SessionId};
use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt;
use zeroize::Zeroizing;

const PREFIX: &str = "gbr_";
const VERSION: u8 = 1;
/// Version, key id, session id, generation, tag.
const BYTES: usize = 1 + 1 + 16 + 8 + 32;
/// The prefix, and four characters for three bytes.
const CHARACTERS: usize = PREFIX.len() + (BYTES * 4).div_ceil(3);
/// The latest generation that can still have a successor in a database's signed number.
const LAST_GENERATION: u64 = i64::MAX as u64 - 1;

/// A refresh token. Its memory is wiped, and `Debug` shows a placeholder.
#[derive(Clone)]
pub struct RefreshToken(Zeroizing<String>);

impl RefreshToken {
    /// The text that the client keeps.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The token of the session's newest generation. `None` if the secret that it was made with is not there.
    pub(crate) fn newest(session: &Session, keys: &RefreshKeys) -> Option<Self> {
        let tag = keys.tag(session.key_id, session.id, &session.salt, session.generation)?;
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes[0] = VERSION;
        bytes[1] = session.key_id;
        bytes[2..18].copy_from_slice(session.id.as_bytes());
        bytes[18..26].copy_from_slice(&session.generation.to_be_bytes());
        bytes[26..].copy_from_slice(tag.as_ref());
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS));
        let mut buffer = Zeroizing::new([0; CHARACTERS - PREFIX.len()]);
        text.push_str(PREFIX);
        text.push_str(Base64UrlUnpadded::encode(bytes.as_slice(), buffer.as_mut_slice()).ok()?);
        Some(Self(text))
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(..)")
    }
}

/// What a token says about itself; nothing of it is proven.
pub(crate) struct Claimed {
    key_id: u8,
    pub(crate) session: SessionId,
    pub(crate) generation: u64,
    tag: Zeroizing<[u8; 32]>,
}

impl Claimed {
    /// Parses a token. Each token has one spelling; any other text is refused.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let text = token.strip_prefix(PREFIX)?;
        let mut bytes = Zeroizing::new([0; BYTES]);
        if Base64UrlUnpadded::decode(text, bytes.as_mut_slice()).ok()?.len() != BYTES || bytes[0] != VERSION {
            return None;
        }
        let generation = u64::from_be_bytes(bytes[18..26].try_into().ok()?);
        if generation > LAST_GENERATION {
            return None;
        }
        Some(Self {
            key_id: bytes[1],
            session: SessionId::from_bytes(bytes[2..18].try_into().ok()?),
            generation,
            tag: Zeroizing::new(bytes[26..].try_into().ok()?),
        })
    }

    /// Returns whether the token was created for the session.
    pub(crate) fn genuine(&self, session: &Session, keys: &RefreshKeys) -> bool {
        self.session == session.id && keys.verify(self.key_id, session.id, &session.salt, self.generation, &self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewSession, Salt, Timestamp};
    use std::time::Duration;

    fn session(generation: u64) -> Session {
        let new = NewSession {
            id: SessionId::from_bytes([3; 16]),
            user_id: "alice".to_owned(),
            client: "app".to_owned(),
            label: None,
            scope: None,
            key_id: 7,
            salt: Salt::from_bytes([4; 16]),
            idle: Duration::from_secs(60),
            absolute: Duration::from_secs(600),
        };
        Session { generation, ..new.into_session(Timestamp(1)) }
    }

    fn keys() -> RefreshKeys {
        RefreshKeys::new(7, &[1; 32]).unwrap()
    }

    #[test]
    fn the_form_is_that_of_the_specification() {
        let token = RefreshToken::newest(&session(5), &keys()).unwrap();
        let bytes = Base64UrlUnpadded::decode_vec(token.as_str().strip_prefix("gbr_").unwrap()).unwrap();
        let tag = keys().tag(7, SessionId::from_bytes([3; 16]), &Salt::from_bytes([4; 16]), 5).unwrap();
        assert_eq!(bytes, [&[1, 7], [3; 16].as_slice(), &[0, 0, 0, 0, 0, 0, 0, 5], tag.as_ref()].concat());
        assert_eq!(token.as_str().len(), CHARACTERS);
        assert_eq!(format!("{token:?}"), "RefreshToken(..)");
    }

    #[test]
    fn a_token_is_genuine_for_its_own_session_alone() {
        let token = RefreshToken::newest(&session(5), &keys()).unwrap();
        let claimed = Claimed::read(token.as_str()).unwrap();
        assert_eq!(claimed.generation, 5);
        assert!(claimed.genuine(&session(9), &keys()));
        assert!(!claimed.genuine(&Session { salt: Salt::from_bytes([5; 16]), ..session(5) }, &keys()));
        assert!(!claimed.genuine(&Session { id: SessionId::from_bytes([5; 16]), ..session(5) }, &keys()));
        assert!(!claimed.genuine(&session(5), &RefreshKeys::new(7, &[2; 32]).unwrap()));
        assert!(!claimed.genuine(&session(5), &RefreshKeys::new(8, &[1; 32]).unwrap()));
    }

    #[test]
    fn every_changed_character_makes_it_another_text() {
        let token = RefreshToken::newest(&session(5), &keys()).unwrap();
        for at in 0..token.as_str().len() {
            for other in "AQgw09-_=.".chars().filter(|other| !token.as_str()[at..].starts_with(*other)) {
                let mut wrong: Vec<char> = token.as_str().chars().collect();
                wrong[at] = other;
                let wrong: String = wrong.into_iter().collect();
                let genuine = Claimed::read(&wrong).is_some_and(|claimed| claimed.genuine(&session(5), &keys()));
                assert!(!genuine, "character {at} as {other}");
            }
            assert!(Claimed::read(&token.as_str()[..at]).is_none());
        }
        for wrong in [
            format!("{}A", token.as_str()),
            format!(" {}", token.as_str()),
            "gbr_".into(),
            String::new(),
            "é".repeat(82),
        ] {
            assert!(Claimed::read(&wrong).is_none());
        }
    }

    #[test]
    fn the_last_generation_is_one_that_can_be_rotated() {
        let token = |generation| RefreshToken::newest(&session(generation), &keys()).unwrap();
        assert!(Claimed::read(token(LAST_GENERATION).as_str()).is_some());
        assert!(Claimed::read(token(LAST_GENERATION + 1).as_str()).is_none());
    }
}
