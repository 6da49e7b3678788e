//! Refresh tokens made by hand: the specification's form with a tag by AWS-LC.

use crate::reading::base64url::encode;
use aws_lc_rs::hmac;
use glowband_session::{NewSession, Salt, SessionId};
use std::time::Duration;

pub(super) const SECRET: [u8; 32] = [1; 32];
pub(super) const KEY_ID: u8 = 7;
pub(super) const CLIENT: &str = "app";
/// Where the parts of a token begin: version and key id, session, generation, tag.
pub(super) const TAG: usize = 26;
pub(super) const BYTES: usize = 58;

/// A session to be, whose id and salt are no surprise.
pub(super) fn session(number: u8, user_id: &str, idle: Duration, absolute: Duration) -> NewSession {
    NewSession {
        id: SessionId::from_bytes([number; 16]),
        user_id: user_id.to_owned(),
        client: CLIENT.to_owned(),
        label: None,
        scope: None,
        key_id: KEY_ID,
        salt: salt(number),
        idle,
        absolute,
    }
}

/// The token of a generation of that session.
pub(super) fn token(number: u8, generation: u64) -> String {
    let mut inner = [&[1, KEY_ID], [number; 16].as_slice(), &generation.to_be_bytes(), &[0; 32]].concat();
    let tag = tag(&inner, &salt(number));
    inner[TAG..].copy_from_slice(&tag);
    written(&inner)
}

pub(super) fn written(inner: &[u8]) -> String {
    format!("gbr_{}", encode(inner))
}

/// The tag that these bytes should have, in a session with this salt.
pub(super) fn tag(inner: &[u8], salt: &Salt) -> Vec<u8> {
    let message = [&inner[2..18], salt.as_bytes(), &inner[18..TAG]].concat();
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &SECRET), &message).as_ref().to_vec()
}

pub(super) fn salt(number: u8) -> Salt {
    Salt::from_bytes([number ^ 0xff; 16])
}
