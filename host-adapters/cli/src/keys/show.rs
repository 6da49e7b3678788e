//! `glowband keys show`: prints the public part of keys.

use crate::key_file::{contents, name, refused};
use crate::remote_keys::{FetchFlags, address};
use crate::{Outcome, Stop, note};
use glowband_core::{Algorithm, Jwk, Refusal};
use glowband_issue::{Signer, SigningKeyReader, public_jwk};
use glowband_text::json::{Members, harmless, plain};
use glowband_verify::{KeyFault, KeyFileError, KeyReader, PublicKey};
use serde_json::value::RawValue;
use std::io::{self, Write};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Show the public part of keys as a table, JWK, JWK set or PEM
#[derive(clap::Args)]
#[command(
    long_about = "\
Shows the public part of the keys in a JWK, a JWK set or a PEM file, or at an address. The
file may contain private keys; their private parts are never printed.",
    after_help = "\
Examples:
  glowband keys show jwks.json
  glowband keys show https://id.example/jwks.json
  glowband keys show issuer.jwk --format jwks > jwks.json
  glowband keys show private.pem --format pem > public.pem"
)]
pub(super) struct Arguments {
    /// A JWK, a JWK set or PEM: a file or an address (https://…); `-` is standard input
    #[arg(value_name = "FILE|URL")]
    file: PathBuf,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    fetch: FetchFlags,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JWK per line
    Jwk,
    /// One JWK set
    Jwks,
    /// PEM with PUBLIC KEY
    Pem,
    /// A table with one line per key
    Table,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let path = &arguments.file;
    let text = match address(path) {
        Some(url) => Zeroizing::new(arguments.fetch.document(url)?),
        None => {
            arguments.fetch.refuse_without_address()?;
            contents(path)?
        }
    };
    let keys = read(&text).map_err(|error| refused(path, error.refusal(), &error))?;
    let text = match arguments.format {
        Format::Table => table(&keys),
        format => {
            let printed: Vec<_> = keys.iter().filter_map(|key| key.printed(format)).collect();
            if printed.len() < keys.len() {
                let missing = keys.len() - printed.len();
                note(&format!(
                    "{}: {missing} of {} keys were left out, because they have no public part in this format",
                    name(path),
                    keys.len()
                ));
            }
            match format {
                _ if printed.is_empty() => {
                    return Err(Stop::Usage(format!("{}: no key has a public part in this format", name(path))));
                }
                Format::Jwks => format!("{{\"keys\":[{}]}}\n", printed.join(",")),
                Format::Pem => printed.concat(),
                _ => printed.join("\n") + "\n",
            }
        }
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Stop::writing)?;
    Ok(Outcome::AllGood)
}

/// A key to print.
struct Shown {
    kid: Option<String>,
    kind: String,
    /// `None` for HMAC secrets and for unsupported keys.
    public: Option<PublicKey>,
    /// The algorithms that the key can verify, or why it cannot be used.
    verifies: Result<Vec<Algorithm>, KeyFault>,
}

impl Shown {
    fn from_public(public: PublicKey) -> Self {
        let verifies = public.check().map(|()| public.algorithms().to_vec());
        let kind = match public {
            PublicKey::P256(_) => "EC P-256",
            PublicKey::P384(_) => "EC P-384",
            PublicKey::P521(_) => "EC P-521",
            PublicKey::Rsa { .. } => "RSA",
            PublicKey::RsaPss { .. } => "RSASSA-PSS",
            PublicKey::Ed25519(_) => "OKP Ed25519",
            _ => "-",
        };
        Self { kid: None, kind: kind.to_owned(), public: Some(public), verifies }
    }

    fn unusable(fault: KeyFault) -> Self {
        Self { kid: None, kind: "-".to_owned(), public: None, verifies: Err(fault) }
    }

    /// Reads the first key of a JSON string that contains PEM, as in maps of names to certificates.
    fn from_pem(value: &RawValue) -> Self {
        let text: String = serde_json::from_str(value.get()).unwrap_or_default();
        let first = PublicKey::each_from_pem(text.as_bytes()).map(|keys| keys.into_iter().next());
        match first {
            Ok(Some(Ok(public))) => Self::from_public(public),
            Ok(Some(Err(fault))) | Err(KeyFileError::Refused(fault)) => Self::unusable(fault),
            Ok(None) | Err(_) => Self::unusable(Refusal::KeyMalformed.into()),
        }
    }

    fn from_jwk(text: &[u8]) -> Result<Self, KeyFault> {
        let jwk = Jwk::parse(text).map_err(|refusal| PublicKey::jwk_fault(text, refusal))?;
        let curve = jwk.curve().map(|curve| format!(" {curve}")).unwrap_or_default();
        // A secret that is too short is shown with that refusal.
        let keys = KeyReader::new().jwk(text);
        Ok(Self {
            kid: jwk.key_id().map(|kid| kid.to_string()),
            kind: format!("{}{curve}", jwk.key_type()),
            public: PublicKey::from_jwk(&jwk).ok(),
            verifies: match keys {
                Ok(keys) => Ok(keys.iter().map(|(_, algorithm)| algorithm).collect()),
                Err(KeyFileError::Refused(fault)) => Err(fault),
                Err(error) => Err(error.refusal().into()),
            },
        })
    }

    fn printed(&self, format: Format) -> Option<String> {
        let public = self.public.as_ref()?;
        if format == Format::Pem {
            return public_jwk::pem(public);
        }
        let algorithm = match self.verifies.as_deref() {
            Ok([one]) => Some(*one),
            Ok(_) => None,
            Err(_) => return None,
        };
        public_jwk::json(public, self.kid.as_deref(), algorithm)
    }
}

fn read(text: &[u8]) -> Result<Vec<Shown>, KeyFileError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if !text.trim_ascii_start().starts_with(b"{") {
        return match PublicKey::each_from_pem(text) {
            Ok(keys) => Ok(keys.into_iter().map(|key| key.map_or_else(Shown::unusable, Shown::from_public)).collect()),
            Err(KeyFileError::PrivateKey) => {
                let private = SigningKeyReader::new().parse(text).map_err(|_| Refusal::KeyMalformed)?;
                Ok(private.public_key().map(Shown::from_public).into_iter().collect())
            }
            Err(error) => Err(error),
        };
    }
    let members = Members::read(text).ok_or(Refusal::JwkMalformed)?;
    if members.get("kty").is_none() && members.0.iter().any(|(_, value)| value.get().contains("-----BEGIN ")) {
        let named =
            members.0.iter().map(|(name, value)| Shown { kid: Some(name.to_string()), ..Shown::from_pem(value) });
        return Ok(named.collect());
    }
    let Some(set) = members.get("keys").filter(|_| members.get("kty").is_none()) else {
        return Ok(vec![Shown::from_jwk(text)?]);
    };
    let keys: Vec<&RawValue> = serde_json::from_str(set.get()).map_err(|_| Refusal::KeyMalformed)?;
    Ok(keys.iter().map(|key| Shown::from_jwk(key.get().as_bytes()).unwrap_or_else(Shown::unusable)).collect())
}

fn table(keys: &[Shown]) -> String {
    let mut rows = vec![["kid", "type", "thumbprint", "verifies"].map(str::to_owned)];
    for key in keys {
        let dash = || "-".to_owned();
        rows.push([
            key.kid.as_deref().map_or_else(dash, plain),
            plain(&key.kind),
            key.public.as_ref().and_then(public_jwk::thumbprint).unwrap_or_else(dash),
            match &key.verifies {
                Ok(algorithms) => algorithms.iter().map(|alg| alg.name()).collect::<Vec<_>>().join(", "),
                Err(fault) => {
                    format!("no: {} {}: {}", fault.code(), fault.refusal().name(), harmless(&fault.to_string()))
                }
            },
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    rows.iter()
        .map(|[kid, kind, thumbprint, verifies]| {
            let [a, b, c] = widths;
            format!("{kid:a$}  {kind:b$}  {thumbprint:c$}  {verifies}\n")
        })
        .collect()
}
