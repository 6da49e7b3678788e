//! Key files and standard input, read within a limit; and the flags that name them.

use super::remote_keys::{FetchFlags, address};
use super::{Stop, note};
use crate::json_text::quoted;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use glowband_core::{Algorithm, Refusal};
use glowband_verify::{KeyFileError, KeyReader, KeySet, MAX_KEY_FILE};
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

#[derive(clap::Args)]
#[group(multiple = false)]
#[command(next_help_heading = "Keys")]
pub(super) struct VerifyingKeyFlags {
    /// A JWK set, as a file or an address (https://…); the token's kid picks the key
    #[arg(long, value_name = "FILE|URL")]
    jwks: Option<PathBuf>,
    /// A key: JWK, JWK set, or public key in PEM, as a file or an address; the content says which
    #[arg(long, value_name = "FILE|URL")]
    key: Option<PathBuf>,
    /// An HMAC secret: the file's bytes exactly, a newline at the end included
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl VerifyingKeyFlags {
    /// Whether the key is read from standard input, which then has no tokens.
    pub(super) fn takes_standard_input(&self) -> bool {
        [&self.jwks, &self.key, &self.secret_file].into_iter().flatten().any(|path| is_standard_input(path))
    }

    /// Reads the keys of the file or the address, those for `only` if it is given; `None` if neither is named.
    pub(super) fn read(
        &self,
        reader: KeyReader,
        only: Option<Algorithm>,
        fetch: &FetchFlags,
    ) -> Result<Option<KeySet>, Stop> {
        let published = self.jwks.as_ref().or(self.key.as_ref()).and_then(|path| Some((path, address(path)?)));
        let (path, mut keys) = match published {
            Some((path, url)) => (path, fetch.keys(url, reader)?),
            None => {
                fetch.refuse_without_address()?;
                let (path, keys) = match (&self.jwks, &self.key, &self.secret_file) {
                    (Some(path), ..) => (path, jwks(reader, &contents(path)?)),
                    (_, Some(path), _) => (path, reader.parse(&contents(path)?)),
                    (.., Some(path)) => (path, reader.secret(&secret(path)?)),
                    _ => return Ok(None),
                };
                (path, keys.map_err(|error| refused(path, error.refusal(), &error))?)
            }
        };
        for key in keys.skipped() {
            note(&format!("{}: left out {key}", name(path)));
        }
        if let Some(only) = only {
            let mut had: Vec<_> = keys.iter().map(|(_, algorithm)| algorithm.name()).collect();
            had.dedup();
            keys.retain_algorithm(only);
            if keys.is_empty() {
                let had = had.join(", ");
                return Err(Stop::Usage(format!("{}: --alg {only} leaves no key; the file has {had}", name(path))));
            }
        }
        Ok(Some(keys))
    }
}

fn jwks(reader: KeyReader, text: &[u8]) -> Result<KeySet, KeyFileError> {
    match reader.jwks(text) {
        // A single key is not a set, but what else could be meant.
        Err(KeyFileError::Refused(_)) => reader.parse(text),
        keys => keys,
    }
}

/// Parses the name of an algorithm, and lists the names if it is none.
pub(super) fn algorithm() -> impl TypedValueParser<Value = Algorithm> {
    let names = Algorithm::ALL.iter().map(|algorithm| {
        let name = PossibleValue::new(algorithm.name());
        if *algorithm == Algorithm::EdDsa { name.alias("Ed25519") } else { name }
    });
    PossibleValuesParser::new(names).try_map(|name| Algorithm::from_name(&name).ok_or("no algorithm of that name"))
}

/// The bytes of a secret file.
pub(super) fn secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, Stop> {
    let secret = contents(path)?;
    if secret.ends_with(b"\n") && std::str::from_utf8(&secret).is_ok() {
        note(&format!("{}: the newline at the end is taken as part of the secret; printf %s writes none", name(path)));
    }
    Ok(secret)
}

/// All of a file, or of standard input for `-`, up to the limit of key files. It may be secret, so it is wiped when it
/// has served its turn; the buffer never grows, which would leave a copy behind.
pub(super) fn contents(path: &Path) -> Result<Zeroizing<Vec<u8>>, Stop> {
    let unreadable = |error: io::Error| Stop::Usage(format!("{}: {error}", name(path)));
    let limit = MAX_KEY_FILE as u64 + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_KEY_FILE + 64));
    let read = if is_standard_input(path) {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(unreadable)?;
    if bytes.len() > MAX_KEY_FILE {
        return Err(Stop::Usage(format!("{}: longer than {MAX_KEY_FILE} bytes", name(path))));
    }
    Ok(bytes)
}

pub(super) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns what to call the file or the address in a message.
pub(super) fn name(path: &Path) -> String {
    if is_standard_input(path) {
        return "standard input".to_owned();
    }
    // A query may hold a secret.
    let path = address(path).and_then(|url| url.split('?').next()).map_or(path, Path::new);
    match path.to_str() {
        Some(text) if quoted(text) == format!("\"{text}\"") => text.to_owned(),
        _ => quoted(&path.to_string_lossy()),
    }
}

/// A key that is refused: which file, which number, and why.
pub(super) fn refused(path: &Path, refusal: Refusal, why: &dyn Display) -> Stop {
    Stop::Usage(format!("{}: {} {}: {why}", name(path), refusal.code(), refusal.name()))
}
