//! `glowband keys encrypt` and `decrypt`: the files of a folder, written anew.

use super::folder::{existing, failed, key_encryption_key};
use crate::{Outcome, Stop};
use glowband_issue::KeyFolder;
use std::io::{self, Write};
use std::path::PathBuf;

/// Encrypt the signing keys of a folder, or give them another key-encryption key
#[derive(clap::Args)]
#[command(
    long_about = "\
Encrypts every file of a folder of signing keys (JWE, A256GCM) that is not encrypted with
this key yet. The key is 32 random bytes as they are, or in base64url. What the disk kept
of the old files is not overwritten: a key that was stored in the open before may be
found there, so rotate it.",
    after_help = "\
Examples:
  openssl rand -out key-encryption-key 32
  glowband keys encrypt --folder keys --encrypt-with key-encryption-key
  glowband keys encrypt --folder keys --decrypt-with old-key --encrypt-with new-key"
)]
pub(super) struct Encrypt {
    /// The folder
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Encrypt with the key in this file
    #[arg(long, value_name = "FILE")]
    encrypt_with: PathBuf,
    /// Read files that are encrypted with the key in this file
    #[arg(long, value_name = "FILE")]
    decrypt_with: Option<PathBuf>,
}

/// Decrypt the signing keys of a folder
#[derive(clap::Args)]
#[command(
    long_about = "\
Decrypts every file of a folder of signing keys. The files then have mode 0600, and
nothing else protects them.",
    after_help = "\
Examples:
  glowband keys decrypt --folder keys --decrypt-with key-encryption-key"
)]
pub(super) struct Decrypt {
    /// The folder
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Read files that are encrypted with the key in this file
    #[arg(long, value_name = "FILE")]
    decrypt_with: PathBuf,
}

pub(super) fn encrypt(arguments: &Encrypt) -> Result<Outcome, Stop> {
    existing(&arguments.folder)?;
    let mut folder = KeyFolder::new(&arguments.folder).encrypt_with(key_encryption_key(&arguments.encrypt_with)?);
    if let Some(path) = &arguments.decrypt_with {
        folder = folder.decrypt_with(key_encryption_key(path)?);
    }
    rewrite(&folder, "encrypted")
}

pub(super) fn decrypt(arguments: &Decrypt) -> Result<Outcome, Stop> {
    existing(&arguments.folder)?;
    let folder = KeyFolder::new(&arguments.folder).decrypt_with(key_encryption_key(&arguments.decrypt_with)?);
    rewrite(&folder, "decrypted")
}

fn rewrite(folder: &KeyFolder, done: &str) -> Result<Outcome, Stop> {
    let count = folder.rewrite().map_err(failed)?;
    writeln!(io::stdout().lock(), "{count} files {done}").map_err(Stop::writing)?;
    Ok(Outcome::AllGood)
}
