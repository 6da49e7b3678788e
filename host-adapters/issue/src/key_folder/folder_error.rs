//! The errors of a key folder. Each text says how to fix the problem.

use super::key_encryption_key::Sealed;
use crate::signer::SignError;
use crate::signing_key::SigningKeyError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a key folder cannot be used. Errors contain no key material.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyFolderError {
    /// An operation on this file or folder failed.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// Other users can create files in the folder, and so add keys.
    FolderTooOpen {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Another process holds the folder's lock and did not release it in time.
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// All key files are missing, although keys from them are in use: perhaps a volume is not mounted. No new key is
    /// made, but a restarted process would make one.
    Emptied {
        /// The folder.
        path: PathBuf,
    },
    /// There are key files, but none can be used. No new key is made: the files may only need other permissions, or the
    /// right key-encryption key.
    NoUsableKey(Vec<UnusableKeyFile>),
    /// Generating or encrypting a key failed.
    Sign(SignError),
}

/// A key file that cannot be used. The other files of the folder are still used.
#[derive(Debug)]
pub struct UnusableKeyFile {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: KeyFileProblem,
}

/// Why a key file cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyFileProblem {
    /// Reading it failed.
    Io(io::Error),
    /// It is not encrypted, and other users can read it. The value is its permissions.
    TooOpen(u32),
    /// It is longer than any key file.
    TooLong,
    /// It is neither a JWK nor an encrypted JWK.
    NoJwk,
    /// It is encrypted, but no key-encryption key is configured.
    NeedsKey,
    /// It is encrypted with a key-encryption key that is not configured.
    OtherKey,
    /// Decryption failed: the file was changed, or it is encrypted with another key-encryption key.
    DoesNotDecrypt,
    /// It is encrypted with an algorithm that is not supported.
    OtherEncryption,
    /// It is not a private JWK.
    Key(SigningKeyError),
    /// The JWK has no valid member `rotation`, which contains the key's plan.
    NoPlan,
    /// The JWK has no `kid`.
    MissingKid,
    /// Another file contains a key with the same `kid`.
    DuplicateKid(PathBuf),
}

impl From<Sealed> for KeyFileProblem {
    fn from(sealed: Sealed) -> Self {
        match sealed {
            Sealed::Malformed | Sealed::Damaged => Self::DoesNotDecrypt,
            Sealed::OtherAlgorithm => Self::OtherEncryption,
            Sealed::OtherKey => Self::OtherKey,
        }
    }
}

impl From<SignError> for KeyFolderError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

impl fmt::Display for KeyFolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{}: {error}", path.display()),
            Self::FolderTooOpen { path, mode } => write!(
                f,
                "{}: other users can add keys to this folder (mode {mode:04o}); run: chmod 700 {}",
                path.display(),
                for_shell(path)
            ),
            Self::Locked { path } => {
                write!(
                    f,
                    "{}: another process holds the lock of the key folder; try again, or end that process",
                    path.display()
                )
            }
            Self::Emptied { path } => {
                write!(f, "{}: all key files are missing; the keys that were read before stay in use", path.display())
            }
            Self::NoUsableKey(files) => {
                f.write_str("No key file can be used; no new key is made while unusable files exist:")?;
                files.iter().take(3).try_for_each(|file| write!(f, " {file}."))?;
                if files.len() > 3 { write!(f, " And {} more.", files.len() - 3) } else { Ok(()) }
            }
            Self::Sign(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for KeyFolderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Sign(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for UnusableKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.problem {
            KeyFileProblem::Io(error) => error.fmt(f),
            KeyFileProblem::TooOpen(mode) => {
                write!(
                    f,
                    "others can read this private key (mode {mode:04o}); run: chmod 600 {}",
                    for_shell(&self.path)
                )
            }
            KeyFileProblem::TooLong => f.write_str("longer than any key file; allowed: 64 KiB"),
            KeyFileProblem::NoJwk => f.write_str("neither a JWK nor an encrypted JWK; the file is damaged"),
            KeyFileProblem::NeedsKey => f.write_str("encrypted, and no key-encryption key is given"),
            KeyFileProblem::OtherKey => f.write_str("encrypted with a key-encryption key that is not configured"),
            KeyFileProblem::DoesNotDecrypt => {
                f.write_str("decryption failed: damaged, or encrypted with another key-encryption key")
            }
            KeyFileProblem::OtherEncryption => {
                f.write_str("encrypted with an unsupported algorithm; allowed: JWE with alg dir and enc A256GCM")
            }
            KeyFileProblem::Key(error) => f.write_str(error.to_string().trim_end_matches('.')),
            KeyFileProblem::NoPlan => f.write_str("the JWK has no valid member rotation with the key's plan"),
            KeyFileProblem::MissingKid => f.write_str("the JWK has no kid"),
            KeyFileProblem::DuplicateKid(other) => write!(f, "the kid is also used by {}", other.display()),
        }
    }
}

/// Quotes a path for a shell.
fn for_shell(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+,:@%".contains(&byte);
    let text = if text.starts_with('-') { format!("./{text}") } else { text.into_owned() };
    if text.bytes().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
