//! `glowband keys generate`: writes a new private JWK to a file with mode 0600.

use crate::key_file::{algorithm, name};
use crate::{Outcome, Stop, note};
use glowband_core::Algorithm;
use glowband_issue::{GeneratedKey, SigningKey};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Generate a private key as a JWK file and print the public JWK
#[derive(clap::Args)]
#[command(
    long_about = "\
Generates a private key, writes it as a JWK to a new file with mode 0600, and prints the
public JWK. Existing files are never overwritten. RSA keys have 3072 bits. HMAC secrets
have 32, 48 or 64 bytes, as many as the hash.",
    after_help = "\
Examples:
  glowband keys generate --out issuer.jwk > issuer.public.jwk
  glowband keys generate --alg EdDSA --kid 2026-11 --out issuer.jwk
  glowband keys generate --alg HS256 --out shared-secret.jwk"
)]
pub(super) struct Arguments {
    /// The algorithm of the key: HS, ES, RS or PS with 256, 384 or 512, or EdDSA
    #[arg(long, value_name = "ALG", value_parser = algorithm(), hide_possible_values = true, default_value = "ES256")]
    alg: Algorithm,
    /// The kid of the key [default: its RFC 7638 thumbprint; for an HMAC secret random]
    #[arg(long)]
    kid: Option<String>,
    /// The file to write; it must not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let path = &arguments.out;
    // The file is created first, so that no key is generated in vain if the file exists.
    let reserved = ReservedFile::take(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Stop::Usage(format!("{}: the file exists, and keys are never overwritten; choose another name", name(path)))
        }
        _ => Stop::Usage(format!("{}: {error}", name(path))),
    })?;
    let key = SigningKey::generate(arguments.alg, arguments.kid.as_deref())
        .map_err(|_| Stop::usage("the system's random number generator failed"))?;
    reserved.fill(&key).map_err(|error| Stop::Usage(format!("{}: {error}", name(path))))?;
    match key.public_jwk() {
        Some(public) => writeln!(io::stdout().lock(), "{public}").map_err(Stop::writing)?,
        None => note(&format!("kid {}: an HMAC secret has no public part; verifiers need the file itself", key.kid())),
    }
    Ok(Outcome::AllGood)
}

/// An empty file that reserves the name until the key is written. It is deleted when dropped without a key.
struct ReservedFile<'p> {
    path: &'p Path,
    filled: bool,
}

impl<'p> ReservedFile<'p> {
    fn take(path: &'p Path) -> io::Result<Self> {
        create_private(path)?;
        Ok(Self { path, filled: false })
    }

    /// Writes the key to a temporary file and renames it, so that no reader sees half a key.
    fn fill(mut self, key: &GeneratedKey) -> io::Result<()> {
        let mut beside = self.path.as_os_str().to_owned();
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = PathBuf::from(beside);
        let mut file = create_private(&beside)?;
        let written = file
            .write_all(key.private_jwk().as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&beside, self.path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        self.filled = written.is_ok();
        written
    }
}

impl Drop for ReservedFile<'_> {
    fn drop(&mut self) {
        if !self.filled {
            let _ = fs::remove_file(self.path);
        }
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
