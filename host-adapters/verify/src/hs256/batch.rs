//! Many tags at once, two hashes interleaved; keys and lengths may differ.

use super::host_key::{HostHs256Key, State};
use super::padded::{Block, Padded};
use super::shani_streams::{STREAMS, ShaNi};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use glowband_core::{SignatureCheck, SignatureMismatch};
use zeroize::Zeroizing;

/// A tag, the bytes that it covers, and the key that verifies it.
#[derive(Clone, Copy)]
pub(crate) struct Hs256Tag<'s> {
    pub(crate) key: &'s HostHs256Key,
    pub(crate) signing_input: &'s [u8],
    pub(crate) tag: &'s [u8],
}

type Verdict = Result<(), SignatureMismatch>;

/// The verdict on each, in order: the same as one after the other.
pub(crate) fn check_all(tags: &[Hs256Tag<'_>]) -> Vec<Verdict> {
    let Some(instructions) = ShaNi::detect() else {
        return tags.iter().map(alone).collect();
    };
    let mut verdicts = vec![Err(SignatureMismatch); tags.len()];
    // Messages of as many blocks together: a stream that has ended waits for the others.
    let mut order: Vec<_> = tags.iter().zip(&mut verdicts).collect();
    order.sort_by_key(|(tag, _)| (tag.signing_input.len() + 8) / 64);
    for some in order.chunks_mut(STREAMS) {
        if let [a, b] = some {
            let settled = interleaved(instructions, [a.0, b.0]);
            for ((_, place), verdict) in some.iter_mut().zip(settled) {
                **place = verdict;
            }
        } else {
            some.iter_mut().for_each(|(tag, place)| **place = alone(tag));
        }
    }
    verdicts
}

fn alone(tag: &Hs256Tag<'_>) -> Verdict {
    tag.key.check(tag.signing_input, tag.tag)
}

fn interleaved(instructions: ShaNi, tags: [&Hs256Tag<'_>; STREAMS]) -> [Verdict; STREAMS] {
    let messages = tags.map(|tag| Padded::behind_a_block(tag.signing_input));
    // Until a message has gone into them, the states are as good as the key.
    let mut states: Zeroizing<[State; STREAMS]> = Zeroizing::new(tags.map(|tag| *tag.key.inner()));
    // How long a message is is no secret.
    let shortest = messages.iter().map(Padded::count).min().unwrap_or(0);
    let longest = messages.iter().map(Padded::count).max().unwrap_or(0);
    for at in 0..shortest {
        instructions.compress(&mut states, messages.each_ref().map(|message| message.block(at)));
    }
    // A stream that has ended goes on with the others, and its state is put back.
    for at in shortest..longest {
        let before = states.clone();
        instructions.compress(&mut states, messages.each_ref().map(|message| message.block(at)));
        for (state, (before, message)) in states.iter_mut().zip(before.iter().zip(&messages)) {
            if at >= message.count() {
                *state = *before;
            }
        }
    }
    let inner: [Block; STREAMS] = states.each_ref().map(outer_block);
    *states = tags.map(|tag| *tag.key.outer());
    instructions.compress(&mut states, inner.each_ref());
    let mut verdicts = [Err(SignatureMismatch); STREAMS];
    for (verdict, (state, tag)) in verdicts.iter_mut().zip(states.iter().zip(tags)) {
        *verdict = verify_slices_are_equal(&bytes(state), tag.tag).map_err(|_| SignatureMismatch);
    }
    verdicts
}

/// The inner hash, padded: the outer hash has consumed one block before it, so it ends after 96 bytes.
fn outer_block(inner: &State) -> Block {
    let mut block = [0; 64];
    let (hash, padding) = block.split_at_mut(32);
    hash.copy_from_slice(&bytes(inner));
    padding[0] = 0x80;
    padding[30..].copy_from_slice(&768_u16.to_be_bytes());
    block
}

fn bytes(state: &State) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processor::lacking;
    use aws_lc_rs::hmac;

    #[test]
    fn every_length_and_every_changed_byte_as_one_after_the_other() {
        if ShaNi::detect().is_none() {
            lacking::tried_in_part(lacking::SHA);
        }
        let secrets: Vec<Vec<u8>> = [32, 33, 64, 65, 200].iter().map(|length| vec![0x5a; *length]).collect();
        let keys: Vec<_> = secrets.iter().map(|secret| HostHs256Key::new(secret).unwrap()).collect();
        let text: Vec<u8> = (0..1200).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut seed = 1_usize;
        let mut random = |limit: usize| {
            seed = seed.wrapping_mul(0x5851_f42d).wrapping_add(0x1405_7b7e) % 0x7fff_ffff;
            seed / 8 % limit
        };
        let mut lengths: Vec<_> = (0..200).chain([247, 248, 255, 256, 319, 320, 1000, 1199, 1200]).collect();
        for round in 0..12 {
            lengths.rotate_left(random(50));
            let picks: Vec<_> = lengths.iter().map(|length| (random(keys.len()), &text[..*length])).collect();
            let tags: Vec<Vec<u8>> = picks
                .iter()
                .map(|(key, message)| {
                    let key = hmac::Key::new(hmac::HMAC_SHA256, &secrets[*key]);
                    let mut tag = hmac::sign(&key, message).as_ref().to_vec();
                    match random(5) {
                        0 => tag[random(32)] ^= 1 << random(8),
                        1 if round > 8 => tag.truncate(random(32)),
                        _ => {}
                    }
                    tag
                })
                .collect();
            for count in [0, 1, 2, 3, 4, 5, 8, picks.len()] {
                let all: Vec<_> = picks
                    .iter()
                    .zip(&tags)
                    .take(count)
                    .map(|((key, signing_input), tag)| Hs256Tag { key: &keys[*key], signing_input, tag })
                    .collect();
                let expected: Vec<Verdict> = picks
                    .iter()
                    .zip(&tags)
                    .take(count)
                    .map(|((key, message), tag)| {
                        let key = hmac::Key::new(hmac::HMAC_SHA256, &secrets[*key]);
                        hmac::verify(&key, message, tag).map_err(|_| SignatureMismatch)
                    })
                    .collect();
                assert_eq!(check_all(&all), expected);
                assert_eq!(all.iter().map(alone).collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_shown() {
        use glowband_core::Refusal;
        assert_eq!(HostHs256Key::new(&[7; 31]).err(), Some(Refusal::SecretTooShort));
        assert_eq!(format!("{:?}", HostHs256Key::new(&[7; 32]).unwrap()), "HostHs256Key(secret)");
    }
}
