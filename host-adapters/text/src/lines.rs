//! Reads lines from a stream, up to a greatest length and with limited memory. Each line is returned as soon as it is complete.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// The greatest length of a line in bytes, without its newline.
pub const MAX_LINE: usize = 1 << 20;

const CHUNK: usize = 64 * 1024;

/// The lines of a stream.
#[derive(Debug)]
pub struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// The bytes in `buffer` that were read and not yet returned.
    unread: Range<usize>,
    ended: bool,
}

/// One line, without its newline.
#[derive(Debug)]
pub enum Line<'b> {
    /// The whole line.
    Whole(&'b [u8]),
    /// The line was longer than [`MAX_LINE`] and was skipped.
    TooLong,
}

impl<R: Read> Lines<R> {
    /// Returns the lines of `source`.
    pub fn new(source: R) -> Self {
        Self { source, buffer: vec![0; CHUNK], unread: 0..0, ended: false }
    }

    /// Returns the next line, or `None` after the last one. Calls `before_wait` before every read that may block, so that
    /// the caller can flush its output.
    ///
    /// # Errors
    /// Returns the error of the stream or of `before_wait`.
    pub fn next(&mut self, before_wait: &mut dyn FnMut() -> io::Result<()>) -> io::Result<Option<Line<'_>>> {
        let (mut searched, mut skipping) = (0, false);
        let found = loop {
            let unread = self.buffer.get(self.unread.clone()).unwrap_or_default();
            let newline = unread.iter().skip(searched).position(|byte| *byte == b'\n').map(|at| at + searched);
            if let Some(at) = newline {
                let line = self.unread.start..self.unread.start + at;
                self.unread.start = line.end + 1;
                break line;
            }
            searched = unread.len();
            if searched > MAX_LINE {
                skipping = true;
                searched = 0;
                self.unread.start = self.unread.end;
            }
            if self.ended {
                let line = self.unread.clone();
                self.unread.start = line.end;
                if line.is_empty() && !skipping {
                    return Ok(None);
                }
                break line;
            }
            before_wait()?;
            self.read()?;
        };
        if skipping || found.len() > MAX_LINE {
            return Ok(Some(Line::TooLong));
        }
        Ok(self.buffer.get(found).map(Line::Whole))
    }

    fn read(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        if self.buffer.len() - self.unread.end < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = self.buffer.get_mut(self.unread.end..).unwrap_or_default();
        let count = loop {
            match self.source.read(free) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.unread.end += count;
        self.ended = count == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns `step` bytes per read.
    struct Trickle<'t>(&'t [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(target.len()).min(self.0.len());
            let (now, later) = self.0.split_at(count);
            target[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn lines(text: &[u8], step: usize) -> (Vec<Option<Vec<u8>>>, usize) {
        let mut lines = Lines::new(Trickle(text, step));
        let mut all = Vec::new();
        while let Some(line) = lines.next(&mut || Ok(())).unwrap() {
            all.push(match line {
                Line::Whole(line) => Some(line.to_vec()),
                Line::TooLong => None,
            });
        }
        (all, lines.buffer.len())
    }

    #[test]
    fn lines_are_found_whatever_the_sizes_of_reads() {
        let whole = |text: &str| Some(text.as_bytes().to_vec());
        for step in [1, 2, 3, 1000] {
            assert_eq!(lines(b"a\n\nbc\r\nd", step).0, [whole("a"), whole(""), whole("bc\r"), whole("d")]);
            assert_eq!(lines(b"a\n", step).0, [whole("a")]);
            assert_eq!(lines(b"", step).0, []);
        }
    }

    #[test]
    fn lines_beyond_the_limit_are_skipped_with_limited_memory() {
        let limit = vec![b'x'; MAX_LINE];
        for step in [1000, usize::MAX] {
            let text = [&limit[..], b"\n", &limit, b"y\nok\n", &limit.repeat(9), b"\nok"].concat();
            let (all, buffer) = lines(&text, step);
            assert_eq!(all, [Some(limit.clone()), None, Some(b"ok".to_vec()), None, Some(b"ok".to_vec())]);
            assert!(buffer <= 4 * MAX_LINE, "{buffer}");
            assert_eq!(lines(&limit.repeat(2), step).0, [None]);
        }
    }

    #[test]
    fn the_callback_runs_before_every_read() {
        let mut lines = Lines::new(Trickle(b"a\nb", 3));
        let mut waits = 0;
        let mut next = |waits: &mut i32| {
            let mut before_wait = || {
                *waits += 1;
                Ok(())
            };
            lines.next(&mut before_wait).unwrap().is_some()
        };
        assert!(next(&mut waits));
        assert_eq!(waits, 1);
        assert!(next(&mut waits));
        assert_eq!(waits, 2, "the line b may not be complete");
    }
}
