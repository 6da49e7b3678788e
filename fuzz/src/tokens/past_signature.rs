//! Whole tokens past the signature: every key finds it genuine. The first byte says what follows the terms: the token
//! itself, or a line with its header and behind it its payload.

use crate::any_signature::{AnyOtherKey, with_any_signature};
use crate::input::Input;
use crate::reading::terms::{LIMITS, Terms};
use crate::reading::{base64url::encode, token, why::agree};
use glowband_tests::accepts_all::verdict_within;

pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let raw = input.byte() & 1 == 1;
    let terms = Terms::from_input(&mut input);
    let token = if raw {
        input.rest().to_vec()
    } else {
        let length = input.choose(&[32, 64, 96, 256, 0, 70]);
        let (header, payload) = (input.until(b'\n'), input.rest());
        [encode(header), encode(payload), encode([0x30, 68].iter().cycle().take(length).copied().collect::<Vec<_>>())]
            .join(".")
            .into_bytes()
    };
    let own = with_any_signature(&token, |keys| verdict_within(keys, &terms.policy(), LIMITS, terms.time(), &token));
    agree(&own, &token::check(&token, &terms, &AnyOtherKey), &token);
}
