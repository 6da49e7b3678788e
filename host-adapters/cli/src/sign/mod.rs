//! `glowband sign`: a token from a private key and claims.

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
Signs a JWT with a private key and prints it. iat is set to now. The token must end: by
--expires-in, or by an exp among the claims. Secrets are read from files, never from the
command line.",
    after_help = "\
Examples:
  glowband sign --key issuer.jwk --iss https://id.example --aud door-42 --sub alice --expires-in 10m
  glowband sign --key rsa.pem --alg PS256 --claims claims.json --expires-in 1h
  glowband sign --secret-file secret.bin --claims '{\"role\":\"admin\"}' --expires-in 90
  echo '{\"sub\":\"alice\"}' | glowband sign --key issuer.jwk --claims - --expires-in 5m
  glowband sign --key issuer.jwk --jws payload.bin        any bytes, no claims"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    key: KeyFlags,
    /// The algorithm, where the key leaves a choice [default: RS256 or HS256]
    #[arg(long, value_name = "ALG", value_parser = algorithm(), hide_possible_values = true, help_heading = "Key")]
    alg: Option<Algorithm>,
    /// Take an HMAC secret that is shorter than its hash, which can be found by trying
    #[arg(long, help_heading = "Key")]
    danger_allow_short_secret: bool,
    /// kid in the header [default: the JWK's own]
    #[arg(long, help_heading = "Header")]
    kid: Option<String>,
    /// typ in the header; empty for none [default: JWT, none with --jws]
    #[arg(long, value_name = "TYPE", help_heading = "Header")]
    typ: Option<String>,
    #[command(flatten)]
    registered: Flags,
    /// Further claims: a JSON object, a file with one, or `-` for standard input
    #[arg(long, value_name = "JSON|FILE", help_heading = "Claims", conflicts_with = "jws")]
    claims: Option<String>,
    /// Sign the bytes of this file, whatever they are; `-` is standard input
    #[arg(long, value_name = "FILE", help_heading = "Other payloads")]
    jws: Option<PathBuf>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
#[command(next_help_heading = "Key")]
struct KeyFlags {
    /// A private key: JWK, or PEM without passphrase; the content says which
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// An HMAC secret: the file's bytes exactly, a newline at the end included
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

#[derive(clap::Args)]
#[group(id = "registered", multiple = true, conflicts_with = "jws")]
#[command(next_help_heading = "Claims")]
struct Flags {
    /// Issuer
    #[arg(long, value_name = "ISSUER")]
    iss: Option<String>,
    /// Subject
    #[arg(long, value_name = "SUBJECT")]
    sub: Option<String>,
    /// Audience; several make an array
    #[arg(long, value_name = "AUDIENCE")]
    aud: Vec<String>,
    /// exp, from now: seconds, or 90s, 5m, 1h, 30d
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    expires_in: Option<u64>,
    /// nbf, from now: seconds, or 90s, 5m, 1h, 30d
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    not_before: Option<u64>,
    /// Token id
    #[arg(long, value_name = "ID")]
    jti: Option<String>,
    /// What now is, in seconds since 1970 [default: the system's clock]
    #[arg(long, value_name = "UNIX", value_parser = duration::moment, allow_negative_numbers = true)]
    now: Option<u64>,
    /// Sign a token that never ends
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
        note(&format!("the token has {} bytes; verifiers refuse more than {limit} unless told otherwise", token.len()));
    }
    Ok(Outcome::AllGood)
}

impl Arguments {
    fn standard_input_once(&self) -> Result<(), Stop> {
        let paths = [self.key.key.as_deref(), self.key.secret_file.as_deref(), self.jws.as_deref()];
        let claims = self.claims.as_deref().map(Path::new);
        let count = paths.into_iter().chain([claims]).flatten().filter(|path| is_standard_input(path)).count();
        if count > 1 { Err(Stop::usage("standard input cannot be the key and the payload")) } else { Ok(()) }
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
            (Some(path), _) => (path, reader.file(&contents(path)?)),
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
        let now = now.ok_or_else(|| Stop::usage("the system's clock stands before 1970; give --now"))?;
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
