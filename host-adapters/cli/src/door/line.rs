//! A line to a door: a serial device or a TCP socket; a question, and the line that answers it.

use super::wire;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The longest answer of a door is shorter.
const LONGEST: usize = 1024;

/// The longest line that a door takes.
const LINE: usize = 2048;

pub(super) struct Line {
    wire: Box<dyn Wire>,
    patience: Duration,
    unread: Vec<u8>,
}

trait Wire: Read + Write {}

impl<W: Read + Write> Wire for W {}

impl Line {
    pub(super) fn open(at: &str, seconds: u64) -> io::Result<Self> {
        let wire: Box<dyn Wire> = match at.strip_prefix("tcp:") {
            Some(address) => {
                let socket = TcpStream::connect(address)?;
                socket.set_nodelay(true)?;
                socket.set_read_timeout(Some(Duration::from_millis(100)))?;
                Box::new(socket)
            }
            None => Box::new(wire::open(at)?),
        };
        Ok(Self { wire, patience: Duration::from_secs(seconds), unread: Vec::new() })
    }

    /// Sends a line and waits for its answer. What the door says of itself, that it has started, is passed over.
    pub(super) fn ask(&mut self, question: &str) -> io::Result<String> {
        if question.len() > LINE {
            return Err(io::Error::other(format!("it takes lines of {LINE} bytes; this one has {}", question.len())));
        }
        // An end of line in front: whatever was in the wire is no part of the question.
        self.wire.write_all(format!("\n{question}\n").as_bytes())?;
        self.wire.flush()?;
        let until = Instant::now() + self.patience;
        loop {
            while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line).trim().to_owned();
                if !line.is_empty() && !line.starts_with("READY ") {
                    return Ok(glowband_text::json::harmless(&line));
                }
            }
            if Instant::now() > until || self.unread.len() > LONGEST {
                return Err(io::Error::new(
                    ErrorKind::TimedOut,
                    "no answer; is it a door, and is nobody else talking?",
                ));
            }
            let mut buffer = [0; 256];
            match self.wire.read(&mut buffer) {
                Ok(length) => self.unread.extend_from_slice(buffer.get(..length).unwrap_or_default()),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
