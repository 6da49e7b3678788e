//! `glowband keys encrypt` and `decrypt`: rewrites the key files of a folder, encrypted or not.

use super::folder::{existing, failed, key_encryption_key};
use crate::{Outcome, Stop};
use glowband_issue::KeyFolder;
use std::io::{self, Write};
use std::path::PathBuf;

/// Encrypt the signing keys in a folder, or change their key-encryption key
#[derive(clap::Args)]
#[command(
    long_about = "\
Encrypts every signing key in the folder (JWE, A256GCM) that is not yet encrypted with the
given key-encryption key. That key is a file with 32 random bytes, raw or in base64url.

The disk may still hold copies of the old, unencrypted files. Rotate the keys if that is a
risk: glowband keys rotate.",
    after_help = "\
Examples:
  openssl rand -out key-encryption-key 32
  glowband keys encrypt --folder keys --encrypt-with key-encryption-key
  glowband keys encrypt --folder keys --decrypt-with old-key --encrypt-with new-key"
)]
pub(super) struct Encrypt {
    /// The folder with the signing keys
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Encrypt with the key-encryption key in this file
    #[arg(long, value_name = "FILE")]
    encrypt_with: PathBuf,
    /// The key-encryption key that files are encrypted with until now
    #[arg(long, value_name = "FILE")]
    decrypt_with: Option<PathBuf>,
}

/// Decrypt the signing keys in a folder
#[derive(clap::Args)]
#[command(
    long_about = "\
Decrypts every signing key in the folder. Afterwards only the file mode 0600 protects the
files.",
    after_help = "\
Examples:
  glowband keys decrypt --folder keys --decrypt-with key-encryption-key"
)]
pub(super) struct Decrypt {
    /// The folder with the signing keys
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// The key-encryption key that the files are encrypted with
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
