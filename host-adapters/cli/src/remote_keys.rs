//! Fetches keys from an address on the command line within a time limit, once or repeatedly.

use super::{Stop, note};
use glowband_text::duration;
use glowband_text::json::quoted;
use glowband_verify::{FetchError, KeyReader, KeySet, RemoteKeySet, RemoteKeySetBuilder};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{fs, thread};

/// How keys are fetched from an address.
#[derive(clap::Args)]
#[command(next_help_heading = "Keys from an address")]
pub(super) struct FetchFlags {
    /// The longest time that a fetch may take: seconds, or 90s, 5m [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    timeout: Option<u64>,
    /// Trust only the certificates in this PEM file (of authorities, or of the server itself)
    #[arg(long, value_name = "FILE")]
    root_certificates: Option<PathBuf>,
    /// Send the token in this file in the header Authorization: Bearer
    #[arg(long, value_name = "FILE")]
    bearer_file: Option<PathBuf>,
    /// Send this header. Other users of this machine can read it in the list of processes
    #[arg(long, value_name = "NAME:VALUE")]
    header: Vec<String>,
    /// Send this header; its value is the content of the file
    #[arg(long, value_name = "NAME:FILE")]
    header_file: Vec<String>,
    /// Allow http without TLS to this host. Attackers on the network path can then replace the keys
    #[arg(long, value_name = "HOST")]
    danger_allow_plain_http_to: Vec<String>,
    /// Allow http without TLS to localhost, 127.0.0.0/8 and ::1
    #[arg(long)]
    danger_allow_plain_http_on_loopback: bool,
}

const TIMEOUT: u64 = 10;
/// How long a fetch may take before a note says that the command is waiting.
const NOTE_AFTER: Duration = Duration::from_secs(1);

/// Returns `path` as an address if it begins with `https://` or `http://`.
pub(super) fn address(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    let (scheme, _) = text.split_once("://")?;
    ["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some(text)
}

/// Where keys are published.
pub(super) enum Published<'a> {
    /// The address of the keys.
    Keys(&'a str),
    /// The issuer of an OpenID provider. `template` is the issuer with a placeholder that its discovery document may name
    /// instead.
    Issuer { name: &'a str, template: Option<&'a str> },
}

impl Published<'_> {
    /// Returns the address for a message, without its query, which may hold a secret.
    pub(super) fn shown(&self) -> String {
        let (Self::Keys(text) | Self::Issuer { name: text, .. }) = self;
        let plain = text.split('?').next().unwrap_or_default();
        if quoted(plain) == format!("\"{plain}\"") { plain.to_owned() } else { quoted(plain) }
    }

    fn builder(&self) -> Result<RemoteKeySetBuilder, Stop> {
        match self {
            Self::Keys(url) => Ok(RemoteKeySet::jwks(*url)),
            Self::Issuer { name, .. } if name.contains(['{', '}']) => Err(Stop::Usage(format!(
                "--discover {} contains a placeholder; allowed: an address without one, such as \
                 https://login.microsoftonline.com/organizations/v2.0",
                quoted(name)
            ))),
            Self::Issuer { name, template } => {
                let builder = RemoteKeySet::discover(*name);
                Ok(template.map_or_else(|| builder.clone(), |template| builder.clone().issuer_template(template)))
            }
        }
    }
}

impl FetchFlags {
    /// Fetches the keys once. HMAC secrets among them are ignored, because a published key is not secret.
    pub(super) fn keys(&self, published: &Published<'_>, reader: KeyReader) -> Result<KeySet, Stop> {
        let builder = self.builder(published)?.key_reader(reader);
        wait_with_note(&published.shown(), move || builder.fetch())
    }

    /// Fetches the keys now, and again whenever they are due.
    pub(super) fn follow(&self, published: &Published<'_>, reader: KeyReader) -> Result<RemoteKeySet, Stop> {
        let builder = self.builder(published)?.key_reader(reader);
        wait_with_note(&published.shown(), move || {
            let remote = builder.start()?;
            // `start` has begun the first fetch; this waits for it.
            if let Some(first) = remote.refetch(None) {
                first.wait();
            }
            let status = remote.status();
            match status.last_error {
                Some(error) if status.keys == 0 => Err(error),
                _ => Ok(remote),
            }
        })
    }

    /// Fetches the document that holds the keys.
    pub(super) fn document(&self, url: &str) -> Result<Vec<u8>, Stop> {
        let published = Published::Keys(url);
        let builder = self.builder(&published)?;
        wait_with_note(&published.shown(), move || builder.fetch_document())
    }

    /// Refuses flags about fetching, because the keys do not come from an address.
    pub(super) fn refuse_without_address(&self) -> Result<(), Stop> {
        let given = [
            ("--timeout", self.timeout.is_some()),
            ("--root-certificates", self.root_certificates.is_some()),
            ("--bearer-file", self.bearer_file.is_some()),
            ("--header", !self.header.is_empty()),
            ("--header-file", !self.header_file.is_empty()),
            ("--danger-allow-plain-http-to", !self.danger_allow_plain_http_to.is_empty()),
            ("--danger-allow-plain-http-on-loopback", self.danger_allow_plain_http_on_loopback),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(Stop::Usage(format!(
                "{name} is only allowed with keys from an address: https://HOST/PATH, or --discover ISSUER"
            ))),
            None => Ok(()),
        }
    }

    fn builder(&self, published: &Published<'_>) -> Result<RemoteKeySetBuilder, Stop> {
        let mut builder = published.builder()?.proxy_from_environment();
        builder = builder.timeout(Duration::from_secs(self.timeout.unwrap_or(TIMEOUT)));
        if let Some(path) = &self.root_certificates {
            let pem = fs::read(path);
            let pem = pem.map_err(|error| Stop::Usage(format!("--root-certificates: {}: {error}", path.display())))?;
            builder = builder.root_certificates(pem);
        }
        if let Some(path) = &self.bearer_file {
            builder = builder.bearer_file(path);
        }
        for header in &self.header {
            let (name, value) = name_and_value("--header", header)?;
            builder = builder.header(name, value);
        }
        for header in &self.header_file {
            let (name, path) = name_and_value("--header-file", header)?;
            builder = builder.header_file(name, path);
        }
        if self.danger_allow_plain_http_on_loopback {
            builder = builder.danger_allow_plain_http_on_loopback();
        }
        Ok(builder.danger_allow_plain_http_to(&self.danger_allow_plain_http_to))
    }
}

/// Splits a header at the first colon. The value may be secret, so messages never contain it.
fn name_and_value<'h>(flag: &str, header: &'h str) -> Result<(&'h str, &'h str), Stop> {
    let split = header.split_once(':').map(|(name, value)| (name, value.trim()));
    split.ok_or_else(|| {
        Stop::Usage(format!(
            "{flag}: there is no colon; allowed: a name, a colon and a value, such as \"X-Api-Key: …\""
        ))
    })
}

/// Waits for a fetch. If it takes longer than [`NOTE_AFTER`], prints a note with the address.
fn wait_with_note<T: Send + 'static>(
    shown: &str,
    fetch: impl FnOnce() -> Result<T, FetchError> + Send + 'static,
) -> Result<T, Stop> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(fetch()));
    let fetched = match receiver.recv_timeout(NOTE_AFTER) {
        Err(RecvTimeoutError::Timeout) => {
            note(&format!("waiting for keys from {shown}"));
            receiver.recv().ok()
        }
        fetched => fetched.ok(),
    };
    let fetched =
        fetched.ok_or_else(|| Stop::usage("internal error: the fetch ended without a result; please report this"))?;
    fetched.map_err(|error| Stop::Usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_and_https_addresses_are_addresses() {
        for url in ["https://id.example/k", "HTTPS://id.example", "http://localhost/"] {
            assert_eq!(address(Path::new(url)), Some(url));
        }
        for file in ["jwks.json", "-", "./https://x", "file:///k", "https:/k", "ftp://id.example/"] {
            assert_eq!(address(Path::new(file)), None, "{file}");
        }
    }
}
