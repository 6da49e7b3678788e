//! The connection to a door, by a serial device or TCP: sends a request line and reads the answer line.

use super::wire;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A limit for the answer, which no door exceeds.
const LONGEST: usize = 1024;

/// The longest line that a door accepts.
const LINE: usize = 2048;

pub(super) struct Line {
    wire: Box<dyn Wire>,
    timeout: Duration,
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
        Ok(Self { wire, timeout: Duration::from_secs(seconds), unread: Vec::new() })
    }

    /// Sends a line and waits for its answer. Ignores the line that the door sends by itself when it has started.
    pub(super) fn send(&mut self, request: &str) -> io::Result<String> {
        if request.len() > LINE {
            return Err(io::Error::other(format!("the line has {} bytes; allowed: {LINE}", request.len())));
        }
        // The newline before the request ends whatever the door has received so far.
        self.wire.write_all(format!("\n{request}\n").as_bytes())?;
        self.wire.flush()?;
        let until = Instant::now() + self.timeout;
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
                    "no answer; check that a door is connected and that no other program uses the line",
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
