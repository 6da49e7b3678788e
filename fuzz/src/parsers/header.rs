//! Headers against a second reading of RFC 7515 section 4.

use crate::reading::{header, why::agree};
use glowband_core::{Header, Limits};

pub fn compare(text: &[u8]) {
    let own = Header::read(text, &Limits::DEFAULT);
    let other = header::read(text);
    agree(&own, &other, text);
    let (Ok(own), Ok(other)) = (own, other) else { return };
    assert_eq!(own.algorithm(), other.algorithm);
    assert_eq!(own.key_id().map(|kid| kid.to_string()), other.key_id);
    assert_eq!(own.token_type().map(|typ| typ.to_string()), other.token_type);
    assert_eq!(own.json(), text);
}
