//! Lines from a serial port by the rules alone, and what a framer made of the same bytes.

use glowband_core::{Frame, LineFramer};

/// What came out of a line of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Line(Vec<u8>),
    Overlong,
}

/// Hands the bytes to the framer, and adds what it receives.
///
/// # Panics
/// If the framer is idle with bytes to read, or makes a frame of nothing.
pub fn feed(framer: &mut LineFramer<'_>, chunk: &[u8], heard: &mut Vec<Heard>) {
    let mut rest = chunk;
    loop {
        let (frame, unread) = framer.feed(rest);
        match frame {
            Frame::Line(line) => heard.push(Heard::Line(line.to_vec())),
            Frame::Overlong => heard.push(Heard::Overlong),
            Frame::Idle => return assert!(unread.is_empty(), "idle with bytes to read"),
        }
        assert!(unread.len() < rest.len(), "a frame of nothing");
        rest = unread;
    }
}

/// The lines of the whole input, none longer than `capacity`.
pub fn lines(input: &[u8], capacity: usize) -> Vec<Heard> {
    let mut lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    // What has no end yet is no line.
    lines.pop();
    let lines = lines.into_iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).filter(|line| !line.is_empty());
    lines.map(|line| if line.len() > capacity { Heard::Overlong } else { Heard::Line(line.to_vec()) }).collect()
}
