//! Lines from a serial port: the first byte is the longest line, the second how the rest is cut into chunks.

use crate::input::Input;
use glowband_core::LineFramer;
use glowband_tests::framing_oracle::{Heard, feed, lines};

pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (capacity, chunk, abandon) = (usize::from(input.byte() % 40), 1 + usize::from(input.byte() % 40), input.byte());
    let bytes = input.rest();
    let expected = lines(bytes, capacity);
    assert_eq!(heard(bytes, capacity, bytes.len().max(1)), expected);
    assert_eq!(heard(bytes, capacity, chunk), expected);
    assert_eq!(heard(bytes, capacity, 1), expected);
    abandoned(bytes, capacity, usize::from(abandon) % (bytes.len() + 1));
}

fn heard(bytes: &[u8], capacity: usize, chunk: usize) -> Vec<Heard> {
    let mut buffer = vec![0; capacity];
    let mut framer = LineFramer::new(&mut buffer);
    let mut heard = Vec::new();
    bytes.chunks(chunk).for_each(|chunk| feed(&mut framer, chunk, &mut heard));
    heard
}

/// What was abandoned in the middle of a line is never part of one, and the lines behind it are as they were.
fn abandoned(bytes: &[u8], capacity: usize, at: usize) {
    let mut buffer = vec![0; capacity];
    let mut framer = LineFramer::new(&mut buffer);
    let mut all = Vec::new();
    let (before, after) = bytes.split_at(at);
    feed(&mut framer, before, &mut all);
    framer.abandon();
    let complete = all.len();
    feed(&mut framer, after, &mut all);
    let started = before.last().is_some_and(|byte| *byte != b'\n');
    if started {
        let Some(end) = after.iter().position(|byte| *byte == b'\n') else {
            return assert_eq!(all.len(), complete, "a line that has not ended");
        };
        assert_eq!(all.get(complete), Some(&Heard::Overlong));
        assert_eq!(all[complete + 1..], lines(&after[end + 1..], capacity));
    } else {
        assert_eq!(all[complete..], lines(after, capacity));
    }
}
