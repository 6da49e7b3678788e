//! The secrets that refresh tokens are made with, as they are kept: a line for each, the current one first.
//!
//! ```text
//! # comments
//! 2 3q2-7wABAg…
//! 1 sFQ9pXK0aa…
//! ```
//!
//! To replace a secret while several servers run: append the new line everywhere, start again; then move it to the top
//! everywhere, start again. The old one goes when the longest login is over.

use crate::config::{SecretPlace, create_secret_file, read_secret_file};
use crate::file_error::FileError;
use crate::start_error::StartError;
use aws_lc_rs::{hmac, rand};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_session::{MIN_SECRET, RefreshKeys};
use std::io::ErrorKind;
use std::path::Path;
use zeroize::Zeroizing;

const HEADING: &str = "\
# The secrets of refresh tokens. Each line has an id from 0 to 255 and at least 32 random bytes in base64url. The first line
# creates new tokens, and all lines are accepted. Without this file every session ends. An attacker who has it and the
# database can create tokens.
";
const ALLOWED: &str = "allowed are lines of an id from 0 to 255, a space, and 32 random bytes or more in base64url";

/// The secrets of a server.
pub(super) struct Secrets {
    pub(super) keys: RefreshKeys,
    /// A name for each of them, that a database may remember.
    pub(super) names: Vec<String>,
}

/// Reads the secrets; makes the file with a new one if it may be made and is not there.
///
/// # Errors
/// In words for people; no secret is in them.
pub(super) fn read_or_make(place: &SecretPlace, may_be_made: bool) -> Result<Secrets, StartError> {
    match place {
        SecretPlace::Here(secret) => read(secret.expose())
            .map_err(|error| StartError::RefreshSecret(format!("GLOWBAND_REFRESH_SECRET: {error}"))),
        SecretPlace::File(path) => {
            if may_be_made && !path.exists() {
                make(path)?;
            }
            let secret = read_secret_file(path)?;
            read(secret.expose()).map_err(|error| StartError::RefreshSecret(format!("{}: {error}", path.display())))
        }
    }
}

fn make(path: &Path) -> Result<(), StartError> {
    let mut secret = Zeroizing::new([0; MIN_SECRET]);
    rand::fill(secret.as_mut_slice()).map_err(|_| {
        StartError::RefreshSecret(
            "cannot create a refresh secret: the system's random number generator failed".to_owned(),
        )
    })?;
    let secret = Zeroizing::new(Base64UrlUnpadded::encode_string(secret.as_slice()));
    let text = Zeroizing::new(format!("{HEADING}1 {}\n", secret.as_str()));
    match create_secret_file(path, text.as_bytes()) {
        // Another server made it just now: it is theirs that counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => Ok(made.map_err(|error| FileError::caused(path, error))?),
    }
}

/// A text that holds no refresh secrets. Shows nothing of it.
#[derive(Debug)]
struct Malformed {
    line: Option<usize>,
    problem: String,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.problem)
    }
}

fn read(text: &[u8]) -> Result<Secrets, Malformed> {
    let text = std::str::from_utf8(text)
        .map_err(|_| Malformed { line: None, problem: format!("it is not UTF-8; {ALLOWED}") })?;
    let (mut keys, mut names): (Option<RefreshKeys>, _) = (None, Vec::new());
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    // A variable may be easier to set on one line.
    let entries = lines.flat_map(|(at, line)| line.split(',').map(move |entry| (at + 1, entry.trim())));
    for (line, entry) in entries.filter(|(_, entry)| !entry.is_empty()) {
        let wrong = |problem: &str| Malformed { line: Some(line), problem: problem.to_owned() };
        let (id, secret) = entry.split_once(char::is_whitespace).ok_or_else(|| wrong(ALLOWED))?;
        let id = id.parse::<u8>().map_err(|_| wrong(ALLOWED))?;
        let secret = Base64UrlUnpadded::decode_vec(secret.trim()).map_err(|_| wrong(ALLOWED))?;
        let secret = Zeroizing::new(secret);
        let added = match keys.take() {
            None => RefreshKeys::new(id, &secret),
            Some(before) => before.accept(id, &secret),
        };
        keys = Some(added.map_err(|error| wrong(&error.to_string()))?);
        names.push(name(&secret));
    }
    let keys = keys.ok_or_else(|| Malformed { line: None, problem: format!("it contains no secret; {ALLOWED}") })?;
    Ok(Secrets { keys, names })
}

/// Half of a keyed hash of 256 random bits gives nothing of them away.
fn name(secret: &[u8]) -> String {
    let hash = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"glowband: the name of a refresh secret");
    let (half, _) = hash.as_ref().split_at(16);
    Base64UrlUnpadded::encode_string(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const OTHER: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";

    #[test]
    fn the_first_line_is_current_and_all_are_accepted() {
        for text in [format!("# x\n\n 7 {ONE}\n3\t{OTHER}\r\n"), format!("7 {ONE},3 {OTHER}")] {
            let Secrets { keys, names } = read(text.as_bytes()).unwrap();
            assert_eq!((names.len(), names[0] == names[1]), (2, false));
            assert_eq!((keys.current(), keys.has(7), keys.has(3), keys.has(1)), (7, true, true, false));
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line_without_the_secret() {
        for (text, words) in [
            ("".to_owned(), "it contains no secret; allowed are lines"),
            ("# only this".to_owned(), "it contains no secret; allowed are lines"),
            (format!("\n{ONE}"), "line 2: allowed are lines"),
            (format!("256 {ONE}"), "line 1: allowed are lines"),
            (format!("1 {ONE}="), "line 1: allowed are lines"),
            ("1 AAAA".to_owned(), "line 1: "),
            (format!("1 {ONE}\n1 {OTHER}"), "line 2: "),
            (format!("1 {ONE}\n2 {ONE}"), "line 2: "),
        ] {
            let error = read(text.as_bytes()).err().unwrap().to_string();
            assert!(error.starts_with(words) && !error.contains("AAAA"), "{text}: {error}");
        }
        assert!(read(b"\xff").err().unwrap().to_string().starts_with("it is not UTF-8"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_made_once_and_only_where_it_may_be() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("glowband-refresh-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("refresh.key");
        let place = SecretPlace::File(path.clone());
        assert!(read_or_make(&place, false).err().unwrap().to_string().contains("No such file"));
        let made = read_or_make(&place, true).unwrap();
        assert_eq!(made.keys.current(), 1);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_or_make(&place, true).unwrap().names, made.names);
        make(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
