//! The form of refresh tokens: of all texts, only those that a session's secret makes are found, each in one spelling.

use super::at_once::at_once;
use super::spelling::{BYTES, KEY_ID, SECRET, TAG, salt, session, tag, token, written};
use crate::reading::base64url::decode;
use glowband_session::{ManualClock, MemoryStore, RefreshKeys, Rules, SessionStore, Sessions, Timestamp};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The one session of the store.
const NUMBER: u8 = 3;

static SESSIONS: LazyLock<Sessions> = LazyLock::new(|| {
    let store: Arc<dyn SessionStore> = Arc::new(MemoryStore::with_clock(Arc::new(ManualClock::at(Timestamp(1_000)))));
    let hour = Duration::from_secs(3600);
    at_once(store.insert(session(NUMBER, "alice", hour, hour))).expect("a session");
    Sessions::new(store, RefreshKeys::new(KEY_ID, &SECRET).expect("long enough"), Rules::default())
});

/// The text itself; and the session's own token with this text laid over a part of it.
pub fn compare(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        look_up(text);
    }
    let Some((at, over)) = bytes.split_first() else { return };
    // Over its characters, and over the bytes that they stand for, with a tag that is right again or is not.
    let genuine = token(NUMBER, 5);
    let mut characters = genuine.clone().into_bytes();
    lay_over(&mut characters, usize::from(*at), over);
    if let Ok(text) = std::str::from_utf8(&characters) {
        look_up(text);
    }
    let mut inner = decode(&genuine.as_bytes()[4..]).expect("base64url");
    lay_over(&mut inner, usize::from(*at), over);
    look_up(&written(&inner));
    let tag = tag(&inner, &salt(NUMBER));
    inner[TAG..].copy_from_slice(&tag);
    look_up(&written(&inner));
}

fn lay_over(bytes: &mut [u8], at: usize, over: &[u8]) {
    let at = at % bytes.len();
    for (place, byte) in bytes[at..].iter_mut().zip(over) {
        *place = *byte;
    }
}

fn look_up(text: &str) {
    let found = at_once(SESSIONS.find_by_token(text)).expect("an answer");
    assert_eq!(found.map(|found| found.generation()), generation(text), "{text}");
}

/// The generation of a token of the session, by its form and an HMAC of its own.
fn generation(text: &str) -> Option<u64> {
    let inner = decode(text.strip_prefix("gbr_")?.as_bytes()).filter(|inner| inner.len() == BYTES)?;
    let generation = u64::from_be_bytes(inner[18..TAG].try_into().expect("eight bytes"));
    let form = inner[..2] == [1, KEY_ID] && inner[2..18] == [NUMBER; 16] && generation < i64::MAX as u64;
    (form && inner[TAG..] == tag(&inner, &salt(NUMBER))).then_some(generation)
}
