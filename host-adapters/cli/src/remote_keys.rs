//! Keys from an address on the command line: fetched within a time limit, once or again and again.

use super::{Stop, note};
use glowband_text::duration;
use glowband_text::json::quoted;
use glowband_verify::{FetchError, KeyReader, KeySet, RemoteKeySet, RemoteKeySetBuilder};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{fs, thread};

/// How an address is asked for keys.
#[derive(clap::Args)]
#[command(next_help_heading = "Keys from an address")]
pub(super) struct FetchFlags {
    /// How long to wait for the keys: seconds, or 90s, 5m [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    timeout: Option<u64>,
    /// Trust these certificates in PEM, authorities or the server's own, instead of the system's
    #[arg(long, value_name = "FILE")]
    root_certificates: Option<PathBuf>,
    /// Send the token in this file as Authorization: Bearer
    #[arg(long, value_name = "FILE")]
    bearer_file: Option<PathBuf>,
    /// Send this header; others on this machine can see it in the list of processes
    #[arg(long, value_name = "NAME:VALUE")]
    header: Vec<String>,
    /// Send this header with the content of a file as its value
    #[arg(long, value_name = "NAME:FILE")]
    header_file: Vec<String>,
    /// Allow plain http to this host, where anyone on the way can replace the keys
    #[arg(long, value_name = "HOST")]
    danger_allow_plain_http_to: Vec<String>,
    /// Allow plain http to localhost, 127.0.0.0/8 and ::1
    #[arg(long)]
    danger_allow_plain_http_on_loopback: bool,
}

const TIMEOUT: u64 = 10;
/// After this long, a line says what is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns the address, if it is one and not the name of a file.
pub(super) fn address(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    let (scheme, _) = text.split_once("://")?;
    ["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some(text)
}

/// Where keys are published.
pub(super) enum Published<'a> {
    /// The address of the keys.
    Keys(&'a str),
    /// An OpenID provider, by the name of its issuer. `template` is another name that its configuration may have.
    Issuer { name: &'a str, template: Option<&'a str> },
}

impl Published<'_> {
    /// Returns what to call it in a message. A query may hold a secret.
    pub(super) fn shown(&self) -> String {
        let (Self::Keys(text) | Self::Issuer { name: text, .. }) = self;
        let plain = text.split('?').next().unwrap_or_default();
        if quoted(plain) == format!("\"{plain}\"") { plain.to_owned() } else { quoted(plain) }
    }

    fn builder(&self) -> Result<RemoteKeySetBuilder, Stop> {
        match self {
            Self::Keys(url) => Ok(RemoteKeySet::jwks(*url)),
            Self::Issuer { name, .. } if name.contains(['{', '}']) => Err(Stop::Usage(format!(
                "--discover {} has a placeholder; allowed is an address, such as \
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
    /// Fetches the keys once. Secrets among them are passed over: what an address publishes is none.
    pub(super) fn keys(&self, published: &Published<'_>, reader: KeyReader) -> Result<KeySet, Stop> {
        let builder = self.builder(published)?.key_reader(reader);
        told_if_slow(&published.shown(), move || builder.fetch())
    }

    /// Fetches the keys, and goes on to fetch them when they are due.
    pub(super) fn follow(&self, published: &Published<'_>, reader: KeyReader) -> Result<RemoteKeySet, Stop> {
        let builder = self.builder(published)?.key_reader(reader);
        told_if_slow(&published.shown(), move || {
            let remote = builder.start()?;
            // The first fetch is under way already, unless it has ended.
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
        told_if_slow(&published.shown(), move || builder.fetch_document())
    }

    /// Refuses flags that mean nothing because the keys come from elsewhere.
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
            Some((name, _)) => {
                Err(Stop::Usage(format!("{name} goes with keys from an address: https://HOST/PATH, or --discover")))
            }
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

/// Splits at the first colon. The value may be secret and is in no message.
fn name_and_value<'h>(flag: &str, header: &'h str) -> Result<(&'h str, &'h str), Stop> {
    let split = header.split_once(':').map(|(name, value)| (name, value.trim()));
    split.ok_or_else(|| Stop::Usage(format!("{flag} has no colon between name and value, as in \"X-Api-Key: …\"")))
}

/// Waits for a fetch; when it is slow, a line on standard error says what is waited for.
fn told_if_slow<T: Send + 'static>(
    shown: &str,
    fetch: impl FnOnce() -> Result<T, FetchError> + Send + 'static,
) -> Result<T, Stop> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(fetch()));
    let fetched = match receiver.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => {
            note(&format!("waiting for keys from {shown}"));
            receiver.recv().ok()
        }
        fetched => fetched.ok(),
    };
    let fetched = fetched.ok_or_else(|| Stop::usage("the fetch ended without a result; please report this"))?;
    fetched.map_err(|error| Stop::Usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_file() {
        for url in ["https://id.example/k", "HTTPS://id.example", "http://localhost/"] {
            assert_eq!(address(Path::new(url)), Some(url));
        }
        for file in ["jwks.json", "-", "./https://x", "file:///k", "https:/k", "ftp://id.example/"] {
            assert_eq!(address(Path::new(file)), None, "{file}");
        }
    }
}
