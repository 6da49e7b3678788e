//! What can be wrong with a folder of keys, in words that say how to put it right.

use super::key_encryption_key::Sealed;
use crate::signer::SignError;
use crate::signing_key::SigningKeyError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a folder of keys cannot be used. None of it carries key material.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyFolderError {
    /// Something could not be done to this file or folder.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Others can put files into the folder, and so keys of theirs.
    FolderTooOpen {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Another process holds the folder's lock and does not let go of it.
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// All files are gone, though keys from them are in force: a volume that is not mounted, perhaps. No new key is made
    /// then; a process that starts anew would make one.
    Emptied {
        /// The folder.
        path: PathBuf,
    },
    /// There are key files, and none of them can be used. No new key is made then: they may only want a permission, or
    /// the right key-encryption key.
    NoUsableKey(Vec<UnusableKeyFile>),
    /// A key could not be made or encrypted.
    Sign(SignError),
}

/// A key file that cannot be used. The others of its folder are not affected.
#[derive(Debug)]
pub struct UnusableKeyFile {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: KeyFileProblem,
}

/// What is wrong with a key file.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyFileProblem {
    /// It cannot be read.
    Io(io::Error),
    /// It is not encrypted, and others than its owner can read it; its permissions.
    TooOpen(u32),
    /// It is longer than any key.
    TooLong,
    /// It is neither a JWK nor an encrypted one.
    NoJwk,
    /// It is encrypted, and no key-encryption key is at hand.
    NeedsKey,
    /// It is encrypted with another key-encryption key.
    OtherKey,
    /// It does not decrypt: it was changed, or it is encrypted with another key-encryption key.
    DoesNotDecrypt,
    /// It is encrypted in another way than this crate does it.
    OtherEncryption,
    /// It is not a private JWK.
    Key(SigningKeyError),
    /// The JWK has no member `rotation` that says when the key signs.
    NoPlan,
    /// The JWK has no `kid`.
    NoName,
    /// Another file has a key of the same `kid`.
    SameName(PathBuf),
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
                "{}: others can put keys into this folder (mode {mode:04o}); chmod 700 {}",
                path.display(),
                for_shell(path)
            ),
            Self::Locked { path } => {
                write!(
                    f,
                    "{}: another process is changing the keys, and has not come to an end; try again",
                    path.display()
                )
            }
            Self::Emptied { path } => {
                write!(f, "{}: the key files are gone; the keys that were read before stay in force", path.display())
            }
            Self::NoUsableKey(files) => {
                f.write_str("No key file can be used, and no new key is made while there are such:")?;
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
                write!(f, "others can read this private key (mode {mode:04o}); chmod 600 {}", for_shell(&self.path))
            }
            KeyFileProblem::TooLong => f.write_str("longer than any key"),
            KeyFileProblem::NoJwk => f.write_str("neither a JWK nor an encrypted one: the file is damaged"),
            KeyFileProblem::NeedsKey => f.write_str("encrypted, and no key-encryption key is given"),
            KeyFileProblem::OtherKey => f.write_str("encrypted with another key-encryption key than the one given"),
            KeyFileProblem::DoesNotDecrypt => {
                f.write_str("does not decrypt: damaged, or encrypted with another key-encryption key")
            }
            KeyFileProblem::OtherEncryption => {
                f.write_str("encrypted in another way; JWE with alg dir and enc A256GCM is read")
            }
            KeyFileProblem::Key(error) => f.write_str(error.to_string().trim_end_matches('.')),
            KeyFileProblem::NoPlan => f.write_str("the JWK has no member rotation that says when the key signs"),
            KeyFileProblem::NoName => f.write_str("the JWK has no kid"),
            KeyFileProblem::SameName(other) => write!(f, "the kid is that of {} too", other.display()),
        }
    }
}

/// A path as a shell takes it.
fn for_shell(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+,:@%".contains(&byte);
    let text = if text.starts_with('-') { format!("./{text}") } else { text.into_owned() };
    if text.bytes().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
