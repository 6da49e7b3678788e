//! Reads a line from the terminal without echoing it.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, BufRead, ErrorKind, Write};
use zeroize::Zeroizing;

/// The longest line that is accepted, in bytes; more than any allowed password.
const LONGEST: usize = 1024;

/// Writes the prompt to standard error and reads a line from standard input, which must be a terminal.
///
/// # Errors
/// [`ErrorKind::Interrupted`] for Ctrl-C, [`ErrorKind::UnexpectedEof`] for Ctrl-D on an empty line.
pub(super) fn hidden_line(prompt: &str) -> io::Result<String> {
    // Before the prompt is written, so that no key that the user then types is shown or discarded.
    let hidden = Hidden::begin()?;
    let mut errors = io::stderr().lock();
    write!(errors, "{prompt}")?;
    errors.flush()?;
    let read = read_line(io::stdin().lock());
    drop(hidden);
    writeln!(errors)?;
    read
}

/// Hides what is typed; restores the earlier state of the terminal when dropped.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        // Ctrl-C arrives as a key as well: if it ended the process here, the terminal would stay without echo.
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        // Flush discards what was typed before the prompt.
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

fn read_line(keys: impl BufRead) -> io::Result<String> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    for key in keys.bytes() {
        match key? {
            b'\r' | b'\n' => return text(&line),
            // Ctrl-C
            0x03 => return Err(io::Error::new(ErrorKind::Interrupted, "interrupted; nothing was changed")),
            // Ctrl-D
            0x04 if line.is_empty() => break,
            0x04 => return text(&line),
            // Backspace, as terminals send it.
            0x08 | 0x7f => {
                // Removes all bytes of a UTF-8 character.
                while line.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {}
            }
            // Ctrl-U
            0x15 => line.clear(),
            key if line.len() < LONGEST => line.push(key),
            _ => return Err(io::Error::new(ErrorKind::InvalidInput, "the line is too long")),
        }
    }
    Err(io::Error::new(ErrorKind::UnexpectedEof, "nothing was typed; nothing was changed"))
}

fn text(line: &[u8]) -> io::Result<String> {
    let text =
        std::str::from_utf8(line).map_err(|_| io::Error::new(ErrorKind::InvalidData, "the line is not UTF-8"))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> Result<String, ErrorKind> {
        read_line(keys).map_err(|error| error.kind())
    }

    #[test]
    fn keys_are_edited_as_in_a_shell() {
        assert_eq!(typed(b"secret\rmore"), Ok("secret".to_owned()));
        assert_eq!(typed("geh\u{e9}\x7f\x7f\x08eim\n".as_bytes()), Ok("geim".to_owned()));
        assert_eq!(typed(b"\x7f\x7fa\x15bc\n"), Ok("bc".to_owned()));
        assert_eq!(typed(b"abc\x04"), Ok("abc".to_owned()));
        assert_eq!(typed(b"abc\x03"), Err(ErrorKind::Interrupted));
        assert_eq!(typed(b"\x04"), Err(ErrorKind::UnexpectedEof));
        assert_eq!(typed(b"abc"), Err(ErrorKind::UnexpectedEof));
        assert_eq!(typed(b"\xff\n"), Err(ErrorKind::InvalidData));
        assert_eq!(typed(&[b'x'; 2000]), Err(ErrorKind::InvalidInput));
    }
}
