//! `glowband sign`: signs claims or any bytes with a private key.

mod claims;

use super::key_file::{algorithm, contents, is_standard_input, name, secret};
use super::{Outcome, Stop, note};
use claims::Registered;
use glowband_core::{Algorithm, Clock};
use glowband_issue::{Signer, SigningKey, SigningKeyReader};
use glowband_text::duration;
use glowband_verify::SystemClock;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Sign a token with a private key
#[derive(clap::Args)]
#[command(
    long_about = "\
Signs a JWT with a private key and prints it. The claim iat is set to the current time. The
token needs an expiry: give --expires-in, or exp in --claims. Keys and secrets are read from
files, never from the command line.",
    after_help = "\
Examples:
  glowband sign --key issuer.jwk --iss https://id.example --aud door-42 --sub alice --expires-in 10m
  glowband sign --key rsa.pem --alg PS256 --claims claims.json --expires-in 1h
  glowband sign --secret-file secret.bin --claims '{\"role\":\"admin\"}' --expires-in 90
  echo '{\"sub\":\"alice\"}' | glowband sign --key issuer.jwk --claims - --expires-in 5m
  glowband sign --key issuer.jwk --jws payload.bin        signs any bytes"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    key: KeyFlags,
    /// The algorithm, if the key allows several [default: RS256 for RSA keys, HS256 for secrets]
    #[arg(long, value_name = "ALG", value_parser = algorithm(), hide_possible_values = true, help_heading = "Key")]
    alg: Option<Algorithm>,
    /// Accept an HMAC secret that is shorter than the hash. Attackers can find short secrets by trying
    #[arg(long, help_heading = "Key")]
    danger_allow_short_secret: bool,
    /// The kid in the header [default: the kid of the JWK]
    #[arg(long, help_heading = "Header")]
    kid: Option<String>,
    /// The typ in the header; an empty value leaves it out [default: JWT; with --jws no typ]
    #[arg(long, value_name = "TYPE", help_heading = "Header")]
    typ: Option<String>,
    #[command(flatten)]
    registered: Flags,
    /// More claims: a JSON object, a file that contains one, or `-` for standard input
    #[arg(long, value_name = "JSON|FILE", help_heading = "Claims", conflicts_with = "jws")]
    claims: Option<String>,
    /// Sign the bytes of this file instead of claims; `-` is standard input
    #[arg(long, value_name = "FILE", help_heading = "Other payloads")]
    jws: Option<PathBuf>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
#[command(next_help_heading = "Key")]
struct KeyFlags {
    /// The private key: a JWK, or PEM without passphrase. The format is detected
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// An HMAC secret: all bytes of the file, including a newline at the end
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

#[derive(clap::Args)]
#[group(id = "registered", multiple = true, conflicts_with = "jws")]
#[command(next_help_heading = "Claims")]
struct Flags {
    /// The issuer (iss)
    #[arg(long, value_name = "ISSUER")]
    iss: Option<String>,
    /// The subject (sub)
    #[arg(long, value_name = "SUBJECT")]
    sub: Option<String>,
    /// The audience (aud). Repeat the flag for an array of audiences
    #[arg(long, value_name = "AUDIENCE")]
    aud: Vec<String>,
    /// How long the token is valid (exp): seconds, or 90s, 5m, 1h, 30d
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    expires_in: Option<u64>,
    /// When the token becomes valid (nbf), counted from now: seconds, or 90s, 5m, 1h, 30d
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    not_before: Option<u64>,
    /// The token id (jti)
    #[arg(long, value_name = "ID")]
    jti: Option<String>,
    /// The current time, in seconds since 1970 [default: the system's clock]
    #[arg(long, value_name = "UNIX", value_parser = duration::moment, allow_negative_numbers = true)]
    now: Option<u64>,
    /// Allow a token without exp, which never expires
    #[arg(long)]
    allow_missing_expiry: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    arguments.standard_input_once()?;
    let key = arguments.signing_key()?;
    let (payload, default_type) = match &arguments.jws {
        Some(path) => (contents(path)?.to_vec(), None),
        None => (arguments.payload()?.into_bytes(), Some("JWT")),
    };
    let token_type = arguments.typ.as_deref().or(default_type).filter(|typ| !typ.is_empty());
    let kid = arguments.kid.as_deref().or(key.key_id());
    let token = key.sign_compact(token_type, kid, &payload).map_err(|error| Stop::usage(error.to_string()))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{token}").and_then(|()| out.flush()).map_err(Stop::writing)?;
    let limit = 16 * 1024;
    if token.len() > limit {
        note(&format!("the token has {} bytes; many verifiers accept at most {limit} by default", token.len()));
    }
    Ok(Outcome::AllGood)
}

impl Arguments {
    fn standard_input_once(&self) -> Result<(), Stop> {
        let paths = [self.key.key.as_deref(), self.key.secret_file.as_deref(), self.jws.as_deref()];
        let claims = self.claims.as_deref().map(Path::new);
        let count = paths.into_iter().chain([claims]).flatten().filter(|path| is_standard_input(path)).count();
        if count > 1 {
            Err(Stop::usage("only one of the key, the claims and the payload can be read from standard input"))
        } else {
            Ok(())
        }
    }

    fn signing_key(&self) -> Result<SigningKey, Stop> {
        let mut reader = SigningKeyReader::new();
        if let Some(algorithm) = self.alg {
            reader = reader.algorithm(algorithm);
        }
        if self.danger_allow_short_secret {
            reader = reader.danger_allow_short_secret();
        }
        let (path, key) = match (&self.key.key, &self.key.secret_file) {
            (Some(path), _) => (path, reader.parse(&contents(path)?)),
            (_, Some(path)) => (path, reader.secret(&secret(path)?)),
            _ => return Err(Stop::usage("a key is needed: --key FILE or --secret-file FILE")),
        };
        key.map_err(|error| Stop::Usage(format!("{}: {error}", name(path))))
    }

    fn payload(&self) -> Result<String, Stop> {
        let given = match self.claims.as_deref() {
            None => None,
            Some(text) if text.trim_start().starts_with('{') => Some(text.as_bytes().to_vec()),
            Some(path) => Some(contents(Path::new(path))?.to_vec()),
        };
        let flags = &self.registered;
        let now = flags.now.or_else(|| SystemClock.now().map(|now| now.0));
        let now = now.ok_or_else(|| Stop::usage("the system's clock is set before 1970; give --now"))?;
        let registered = Registered {
            iss: flags.iss.as_deref(),
            sub: flags.sub.as_deref(),
            aud: &flags.aud,
            expires_in: flags.expires_in,
            not_before: flags.not_before,
            jti: flags.jti.as_deref(),
            now,
            allow_missing_expiry: flags.allow_missing_expiry,
        };
        registered.with(given.as_deref()).map_err(Stop::Usage)
    }
}
