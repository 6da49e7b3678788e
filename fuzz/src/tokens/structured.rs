//! Genuine tokens with mutations: verified with real keys, and by AWS-LC with the second readings.

use super::genuine::{KEYS, token};
use crate::input::Input;
use crate::reading::terms::{LIMITS, Terms};
use crate::reading::{self, why::agree};
use glowband_tests::accepts_all::verdict_within;

pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let terms = Terms::from_input(&mut input);
    let mut token = token(&mut input);
    for _ in 0..input.byte() % 4 {
        mutate(&mut token, &mut input);
    }
    let own = verdict_within(&KEYS.entries(), &terms.policy(), LIMITS, terms.time(), &token);
    agree(&own, &reading::token::check(&token, &terms, &*KEYS), &token);
}

/// One change: of a bit, a character, a piece, a segment.
pub fn mutate(token: &mut Vec<u8>, input: &mut Input<'_>) {
    let kind = input.byte() % 12;
    let at = input.below(token.len().max(1));
    let mut segments: Vec<Vec<u8>> = token.split(|byte| *byte == b'.').map(<[u8]>::to_vec).collect();
    match kind {
        0 if at < token.len() => token[at] ^= 1 << (input.byte() % 8),
        1 if at < token.len() => token[at] = input.choose(b"AQgw09-_=+/. \n\0{\xff"),
        2 => token.insert(at, input.choose(b"A.=\n ")),
        3 if at < token.len() => drop(token.remove(at)),
        4 => token.truncate(at),
        5 => token.extend_from_within(at..),
        6 => token.push(input.choose(b"A=. \n\0")),
        7 => {
            let last = segments.len() - 1;
            segments.swap(input.below(last + 1), last);
            *token = segments.join(&b'.');
        }
        8 => {
            // Signed anew, as another algorithm would: genuine where that is the header's.
            let signed = segments.iter().take(2).cloned().collect::<Vec<_>>().join(&b'.');
            let signature = KEYS.sign(input.choose(&["HS256", "ES256"]), &signed);
            *token = [signed, glowband_tests::signing::encode(signature).into_bytes()].join(&b'.');
        }
        9 => {
            let which = input.below(segments.len());
            segments[which] = input.choose(&["", "e30", "AAAA", "W10", "bnVsbA", "eyJhbGciOiJub25lIn0"]).into();
            *token = segments.join(&b'.');
        }
        10 => {
            let last = segments.len() - 1;
            segments[last] = "A".repeat([0, 43, 86, 85, 128][input.below(5)]).into();
            *token = segments.join(&b'.');
        }
        _ => {
            let which = input.below(segments.len());
            let again = segments[which].clone();
            segments.push(again);
            *token = segments.join(&b'.');
        }
    }
}
