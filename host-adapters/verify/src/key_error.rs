//! Why a key file, or a key in it, cannot be used.

use crate::key_fault::{KeyFault, shown};
use glowband_core::Refusal;
use std::path::PathBuf;
use std::{fmt, io};

/// The longest key file, in bytes.
pub const MAX_KEY_FILE: usize = 1 << 20;

/// Why a key file cannot be used. Never contains key material.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file cannot be read.
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// The kind of the error.
        kind: io::ErrorKind,
    },
    /// The file is longer than [`MAX_KEY_FILE`].
    TooLong,
    /// The PEM file contains a private key. A verifier needs only the public one.
    PrivateKey,
    /// The bytes are a key in PEM, JWK or DER, not a secret: everyone who knows the public key could sign with it.
    KeyAsSecret,
    /// No key of the file can be used. Empty for a set without a key.
    NoUsableKey(Vec<SkippedKey>),
    /// The only key is refused, or the file contains no key.
    Refused(KeyFault),
}

impl KeyFileError {
    /// Returns the refusal, whose number is the same in every language.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NoUsableKey(skipped) => skipped.first().map_or(Refusal::KeyNotFound, SkippedKey::refusal),
            Self::Refused(fault) => fault.refusal(),
            _ => Refusal::KeyMalformed,
        }
    }

    /// Returns the frozen number of the refusal.
    pub fn code(&self) -> u8 {
        self.refusal().code()
    }
}

impl From<KeyFault> for KeyFileError {
    fn from(fault: KeyFault) -> Self {
        Self::Refused(fault)
    }
}

impl From<Refusal> for KeyFileError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A longer list is cut, because each fetch can log it again.
        const SHOWN: usize = 16;
        match self {
            Self::Unreadable { path, kind } => write!(f, "The key file {} cannot be read: {kind}.", path.display()),
            Self::TooLong => write!(f, "The key file is longer than {MAX_KEY_FILE} bytes."),
            Self::PrivateKey => f.write_str(
                "This is a private key, and a public one is needed: openssl pkey -in FILE -pubout -out public.pem",
            ),
            Self::KeyAsSecret => {
                f.write_str("This is a key in PEM, JWK or DER, not a secret; hand it in as a key file.")
            }
            Self::NoUsableKey(skipped) if skipped.is_empty() => f.write_str("The JWK set holds no key."),
            Self::NoUsableKey(skipped) => {
                match skipped.len() {
                    1 => f.write_str("The only key cannot be used:"),
                    more => write!(f, "None of {more} keys can be used:"),
                }?;
                skipped.iter().take(SHOWN).try_for_each(|key| write!(f, " {key}"))?;
                if skipped.len() > SHOWN { write!(f, " And {} more.", skipped.len() - SHOWN) } else { Ok(()) }
            }
            Self::Refused(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for KeyFileError {}

/// A key of a set that cannot be used, and why. The other keys of the set are not affected (RFC 7517 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its place in the set, counted from zero.
    pub index: usize,
    /// Its `kid`, if it could be read.
    pub kid: Option<String>,
    /// Why it cannot be used, and what is allowed.
    pub fault: KeyFault,
}

impl SkippedKey {
    /// Returns the refusal, whose number is the same in every language.
    pub fn refusal(&self) -> Refusal {
        self.fault.refusal()
    }
}

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.index)?;
        if let Some(kid) = &self.kid {
            write!(f, " (kid {})", shown(kid))?;
        }
        write!(f, ": {}", self.fault)
    }
}
