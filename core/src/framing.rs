//! Collects whole lines from the bytes of a serial line.
//!
//! A line that is too long is reported once, at its terminator. No part of it is returned, so that its tail cannot be taken
//! for a token.

use core::fmt;

/// The result of [`LineFramer::feed`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Frame<'b> {
    /// A whole line, without its terminator (LF or CR LF), never empty.
    Line(&'b [u8]),
    /// A line ended that did not fit the buffer, or was abandoned. All of it was discarded.
    Overlong,
    /// No line has ended yet.
    Idle,
}

/// Collects bytes into lines in a buffer of the caller.
///
/// ```
/// use glowband_core::{Frame, LineFramer};
///
/// let mut buffer = [0; 16];
/// let mut framer = LineFramer::new(&mut buffer);
/// let (frame, rest) = framer.feed(b"first\r\nsec");
/// assert_eq!(frame, Frame::Line(b"first"));
/// assert_eq!(rest, b"sec");
/// assert_eq!(framer.feed(rest).0, Frame::Idle);
/// assert_eq!(framer.feed(b"ond\n").0, Frame::Line(b"second"));
/// ```
pub struct LineFramer<'b> {
    buffer: &'b mut [u8],
    length: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Collecting,
    /// The line in progress overflowed; everything up to its terminator is dropped.
    Skipping,
    /// The last line was returned; the next byte starts a new one.
    Delivered,
}

impl<'b> LineFramer<'b> {
    /// Creates a framer whose longest line, without its terminator, has `buffer.len()` bytes.
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, length: 0, state: State::Collecting }
    }

    /// Reads bytes up to the first end of a line, and returns the rest.
    ///
    /// Call it again with the rest while that is not empty.
    pub fn feed<'i>(&mut self, bytes: &'i [u8]) -> (Frame<'_>, &'i [u8]) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match self.accept(byte) {
                Ended::Not => {}
                Ended::Overlong => return (Frame::Overlong, rest),
                Ended::Line => return (Frame::Line(self.line()), rest),
            }
        }
        (Frame::Idle, rest)
    }

    /// Reads one byte, for an interrupt handler.
    pub fn push(&mut self, byte: u8) -> Frame<'_> {
        self.feed(&[byte]).0
    }

    /// Discards the line in progress, for example after a timeout in the middle of it.
    ///
    /// Bytes that still arrive for that line are skipped up to its terminator, so that its tail is not taken for a line.
    pub fn abandon(&mut self) {
        if self.state == State::Collecting && self.length > 0 {
            self.state = State::Skipping;
        }
    }

    fn accept(&mut self, byte: u8) -> Ended {
        if self.state == State::Delivered {
            self.length = 0;
            self.state = State::Collecting;
        }
        if byte == b'\n' {
            let skipped = self.state == State::Skipping;
            self.state = State::Delivered;
            return match (skipped, self.line().is_empty()) {
                (true, _) => Ended::Overlong,
                (false, true) => Ended::Not,
                (false, false) => Ended::Line,
            };
        }
        if self.state == State::Collecting {
            let capacity = self.buffer.len();
            match self.buffer.get_mut(self.length) {
                Some(place) => {
                    *place = byte;
                    self.length += 1;
                }
                // A carriage return directly before the terminator is not part of the line.
                None if byte == b'\r' && self.length == capacity => self.length += 1,
                None => self.state = State::Skipping,
            }
        }
        Ended::Not
    }

    fn line(&self) -> &[u8] {
        let whole = self.buffer.get(..self.length).unwrap_or(self.buffer);
        if self.length > self.buffer.len() {
            return whole;
        }
        whole.strip_suffix(b"\r").unwrap_or(whole)
    }
}

/// Shows only lengths: a line is a token, which must not be logged.
impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "Line({} bytes)", line.len()),
            Self::Overlong => f.write_str("Overlong"),
            Self::Idle => f.write_str("Idle"),
        }
    }
}

impl fmt::Debug for LineFramer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineFramer({:?}, {} of {} bytes)", self.state, self.length, self.buffer.len())
    }
}

enum Ended {
    Not,
    Line,
    Overlong,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(capacity: usize, input: &[u8]) -> Vec<Result<Vec<u8>, ()>> {
        let mut buffer = vec![0; capacity];
        let mut framer = LineFramer::new(&mut buffer);
        let mut seen = Vec::new();
        let mut rest = input;
        loop {
            let (frame, unread) = framer.feed(rest);
            match frame {
                Frame::Line(line) => seen.push(Ok(line.to_vec())),
                Frame::Overlong => seen.push(Err(())),
                Frame::Idle => return seen,
            }
            rest = unread;
        }
    }

    #[test]
    fn lines_end_with_lf_or_crlf_and_empty_ones_do_not_count() {
        assert_eq!(lines(8, b"a\n\n\r\nbc\r\nd"), [Ok(b"a".to_vec()), Ok(b"bc".to_vec())]);
    }

    #[test]
    fn the_tail_of_an_overlong_line_is_never_a_line() {
        assert_eq!(lines(4, b"12345678good\nnext\n"), [Err(()), Ok(b"next".to_vec())]);
    }

    #[test]
    fn a_line_may_fill_the_buffer_with_either_terminator() {
        assert_eq!(lines(4, b"1234\nabcd\r\n"), [Ok(b"1234".to_vec()), Ok(b"abcd".to_vec())]);
        assert_eq!(lines(4, b"1234\r5\nabcd\n"), [Err(()), Ok(b"abcd".to_vec())]);
        assert_eq!(lines(4, b"12345\r\n"), [Err(())]);
    }

    #[test]
    fn one_carriage_return_belongs_to_the_terminator() {
        assert_eq!(lines(4, b"123\r\n"), [Ok(b"123".to_vec())]);
        assert_eq!(lines(4, b"abc\r\r\n"), [Ok(b"abc\r".to_vec())]);
        assert_eq!(lines(4, b"1234\r\r\n"), [Err(())]);
    }

    #[test]
    fn debug_shows_lengths_and_no_line() {
        let mut buffer = [0; 8];
        let mut framer = LineFramer::new(&mut buffer);
        assert_eq!(format!("{:?}", framer.feed(b"secret\n").0), "Line(6 bytes)");
        assert_eq!(format!("{framer:?}"), "LineFramer(Delivered, 6 of 8 bytes)");
        assert_eq!(format!("{:?} {:?}", Frame::Idle, Frame::Overlong), "Idle Overlong");
    }

    #[test]
    fn an_abandoned_line_is_skipped_to_its_end() {
        let mut buffer = [0; 8];
        let mut framer = LineFramer::new(&mut buffer);
        assert_eq!(framer.feed(b"half").0, Frame::Idle);
        framer.abandon();
        assert_eq!(framer.feed(b"tail\n").0, Frame::Overlong);
        assert_eq!(framer.feed(b"whole\n").0, Frame::Line(b"whole"));
    }

    #[test]
    fn abandoning_between_lines_skips_nothing() {
        let mut buffer = [0; 8];
        let mut framer = LineFramer::new(&mut buffer);
        framer.abandon();
        assert_eq!(framer.feed(b"one\n").0, Frame::Line(b"one"));
        framer.abandon();
        assert_eq!(framer.feed(b"two\n").0, Frame::Line(b"two"));
    }
}
