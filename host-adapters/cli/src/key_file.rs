//! Reads key files and standard input up to a size limit; has the flags that name them.

use super::current_keys::CurrentKeys;
use super::remote_keys::{FetchFlags, Published, address};
use super::{Stop, note};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use glowband_core::{Algorithm, Refusal};
use glowband_text::json::quoted;
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
    /// A JWK set: a file or an address (https://…). The token's kid selects the key
    #[arg(long, value_name = "FILE|URL")]
    jwks: Option<PathBuf>,
    /// A JWK, a JWK set, or public keys in PEM: a file or an address. The format is detected
    #[arg(long, value_name = "FILE|URL")]
    key: Option<PathBuf>,
    /// An HMAC secret: all bytes of the file, including a newline at the end
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Fetch the keys of the OpenID provider with this issuer (https://…). Give --iss as well
    #[arg(long, value_name = "ISSUER")]
    discover: Option<String>,
}

/// How a command uses its keys.
pub(super) struct KeyUse<'u> {
    /// The only algorithm that they are used for, if one is given.
    pub(super) only: Option<Algorithm>,
    /// The issuer with the placeholder `{tenantid}`, as the discovery document of a multi-tenant provider names it.
    pub(super) template: Option<&'u str>,
    /// Whether keys from an address are fetched again while the command runs.
    pub(super) refetch: bool,
}

impl VerifyingKeyFlags {
    /// Returns whether the key is read from standard input, so that tokens cannot be.
    pub(super) fn takes_standard_input(&self) -> bool {
        [&self.jwks, &self.key, &self.secret_file].into_iter().flatten().any(|path| is_standard_input(path))
    }

    /// Reads the keys from the file or the address. Returns `None` if no flag names one.
    pub(super) fn read(
        &self,
        reader: KeyReader,
        usage: &KeyUse<'_>,
        fetch: &FetchFlags,
    ) -> Result<Option<CurrentKeys>, Stop> {
        let published = self.jwks.as_ref().or(self.key.as_ref()).and_then(|path| address(path));
        let published = match (published, &self.discover) {
            (Some(url), _) => Some(Published::Keys(url)),
            (None, Some(issuer)) => Some(Published::Issuer { name: issuer, template: usage.template }),
            (None, None) => None,
        };
        if let Some(published) = &published
            && usage.refetch
        {
            let remote = fetch.follow(published, reader)?;
            {
                let snapshot = remote.keys().snapshot();
                note_skipped(&published.shown(), snapshot.keys());
                usage.require_key(&published.shown(), snapshot.keys())?;
            }
            return Ok(Some(CurrentKeys::at_address(remote, usage.only)));
        }
        let (name, mut keys) = match &published {
            Some(published) => (published.shown(), fetch.keys(published, reader)?),
            None => {
                fetch.refuse_without_address()?;
                let (path, keys) = match (&self.jwks, &self.key, &self.secret_file) {
                    (Some(path), ..) => (path, jwks(reader, &contents(path)?)),
                    (_, Some(path), _) => (path, reader.parse(&contents(path)?)),
                    (.., Some(path)) => (path, reader.secret(&secret(path)?)),
                    _ => return Ok(None),
                };
                (name(path), keys.map_err(|error| refused(path, error.refusal(), &error))?)
            }
        };
        note_skipped(&name, &keys);
        usage.require_key(&name, &keys)?;
        if let Some(only) = usage.only {
            keys.retain_algorithm(only);
        }
        Ok(Some(CurrentKeys::read(keys)))
    }
}

impl KeyUse<'_> {
    /// Returns an error if no key is for the only algorithm.
    fn require_key(&self, name: &str, keys: &KeySet) -> Result<(), Stop> {
        let Some(only) = self.only.filter(|only| keys.iter().all(|(_, algorithm)| algorithm != *only)) else {
            return Ok(());
        };
        let mut had: Vec<_> = keys.iter().map(|(_, algorithm)| algorithm.name()).collect();
        had.dedup();
        Err(Stop::Usage(format!("{name}: there is no key for --alg {only}; there are keys for {}", had.join(", "))))
    }
}

/// Prints a note for each key that cannot be used.
fn note_skipped(name: &str, keys: &KeySet) {
    for key in keys.skipped() {
        note(&format!("{name}: ignored {key}"));
    }
}

fn jwks(reader: KeyReader, text: &[u8]) -> Result<KeySet, KeyFileError> {
    match reader.jwks(text) {
        // A file with a single key is accepted as a set of one.
        Err(KeyFileError::Refused(_)) => reader.parse(text),
        keys => keys,
    }
}

/// Parses the name of an algorithm. The error of an unknown name lists the known ones.
pub(super) fn algorithm() -> impl TypedValueParser<Value = Algorithm> {
    let names = Algorithm::ALL.iter().map(|algorithm| {
        let name = PossibleValue::new(algorithm.name());
        if *algorithm == Algorithm::EdDsa { name.alias("Ed25519") } else { name }
    });
    PossibleValuesParser::new(names).try_map(|name| Algorithm::from_name(&name).ok_or("the algorithm is unknown"))
}

/// Returns the bytes of a file with an HMAC secret.
pub(super) fn secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, Stop> {
    let secret = contents(path)?;
    if secret.ends_with(b"\n") && std::str::from_utf8(&secret).is_ok() {
        note(&format!(
            "{}: the newline at the end of the file is part of the secret; write the file with printf %s to avoid it",
            name(path)
        ));
    }
    Ok(secret)
}

/// Returns the content of a file, or of standard input for `-`, up to the size limit of key files. The content may be
/// secret, so it is erased when dropped. The buffer never grows, because that would leave a copy in memory.
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
        return Err(Stop::Usage(format!("{}: the file is longer than {MAX_KEY_FILE} bytes", name(path))));
    }
    Ok(bytes)
}

pub(super) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the name of the file, or the address without its query, for a message.
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

/// Returns the error for a key that is refused: the file, the number of the refusal, and the reason.
pub(super) fn refused(path: &Path, refusal: Refusal, why: &dyn Display) -> Stop {
    Stop::Usage(format!("{}: {} {}: {why}", name(path), refusal.code(), refusal.name()))
}
