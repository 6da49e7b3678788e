//! Reads or generates a new password. There is no flag for it: other processes can read the command line, and the shell
//! keeps it in its history.

use super::Stop;
use glowband_server::admin::{MAX_PASSWORD_BYTES, Password};
use std::io::{self, IsTerminal, Read};
use zeroize::Zeroizing;

/// Lower-case letters and digits, without those that look alike (0, 1, l, o).
const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
/// Four groups of six characters, five bits each: 120 bits.
const GROUPS: usize = 4;
const GROUP: usize = 6;

/// Returns a random password that is easy to read out on the telephone.
pub(super) fn generate() -> Result<Password, Stop> {
    let mut random = Zeroizing::new([0; GROUPS * GROUP]);
    aws_lc_rs::rand::fill(random.as_mut_slice())
        .map_err(|_| Stop::usage("the system's random number generator failed"))?;
    let mut text = String::with_capacity(GROUPS * (GROUP + 1));
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            text.push('-');
        }
        // 256 is a multiple of 32, so every character is equally likely.
        text.extend(ALPHABET.get(usize::from(byte % 32)).map(|digit| char::from(*digit)));
    }
    Password::new(text).map_err(|problem| Stop::usage(problem.to_string()))
}

/// Reads the password: typed twice on a terminal, otherwise the first line of standard input.
pub(super) fn read(whose: &str) -> Result<Password, Stop> {
    let text = if io::stdin().is_terminal() { prompted(whose)? } else { first_line()? };
    if text.is_empty() {
        return Err(Stop::usage("standard input: the password is empty; give one line, or use --generate"));
    }
    Password::new(text).map_err(|problem| Stop::usage(problem.to_string()))
}

fn first_line() -> Result<String, Stop> {
    // Reads one byte more than a password may have, and the end of the line.
    let limit = MAX_PASSWORD_BYTES + 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit));
    let read = io::stdin().lock().take(limit as u64).read_to_end(&mut bytes);
    read.map_err(|error| Stop::Usage(format!("standard input: {error}")))?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    std::str::from_utf8(line).map(str::to_owned).map_err(|_| Stop::usage("standard input: the password is not UTF-8"))
}

#[cfg(unix)]
fn prompted(whose: &str) -> Result<String, Stop> {
    use super::hidden_line::hidden_line;
    let asked = |prompt: &str| hidden_line(prompt).map_err(|error| Stop::Usage(format!("the terminal: {error}")));
    let once = asked(&format!("New password for {whose}: "))?;
    let twice = Zeroizing::new(asked("Repeat the password: ")?);
    if once != *twice {
        return Err(Stop::usage("the two passwords differ; nothing was changed"));
    }
    Ok(once)
}

#[cfg(not(unix))]
fn prompted(_: &str) -> Result<String, Stop> {
    Err(Stop::usage("the password cannot be typed on this system; give it on standard input, or use --generate"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_passwords_differ_and_have_no_look_alikes() {
        let one = generate().unwrap();
        assert_ne!(one.reveal(), generate().unwrap().reveal());
        assert_eq!(one.reveal().len(), GROUPS * GROUP + GROUPS - 1);
        assert!(one.reveal().split('-').all(|group| group.len() == GROUP));
        assert!(!one.reveal().contains(['0', '1', 'l', 'o']));
    }
}
