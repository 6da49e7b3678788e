//! The settings as the program may hold them: every value checked, once.

use super::units::{Bytes, Rate, Secret};
use glowband_core::Algorithm;
use ipnet::IpNet;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// The settings of a server, all of them checked. [`builder`](Self::builder) makes them.
///
/// The fields about listening are for the program that listens: a mounted router has no listener of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where to listen.
    pub listen: Listen,
    /// Where `/metrics`, `/healthz` and `/readyz` are instead of there; `None`: there.
    pub metrics_listen: Option<Listen>,
    /// The address that clients know, and the issuer of the tokens; `None`: the one that is listened on.
    pub public_url: Option<String>,
    /// The folder for whatever has no place of its own.
    pub data: PathBuf,
    /// Users, sessions, tokens.
    pub(crate) database: DatabaseUrl,
    /// Connections to PostgreSQL at a time, or readers of SQLite.
    pub(crate) database_connections: NonZeroU32,

    /// `aud` of the access tokens; `None`: the public URL.
    pub(crate) audience: Option<String>,
    pub(crate) access_token_lifetime: Duration,
    /// Scopes that a login may ask for.
    pub(crate) scopes: Vec<String>,
    /// Scopes that a personal token may have.
    pub(crate) personal_token_scopes: Vec<String>,
    /// What new signing keys are for.
    pub signing_algorithm: Algorithm,
    pub(crate) key_rotation_every: Duration,
    /// What the signing keys on disk are encrypted with.
    pub(crate) encryption_key: Option<SecretPlace>,

    pub(crate) idle_lifetime: Duration,
    pub(crate) absolute_lifetime: Duration,
    pub(crate) replay_window: Duration,
    /// What refresh tokens are made with; the file in the data folder is made if it is not there.
    pub(crate) refresh_secret: SecretPlace,

    /// Whether anybody may make an account.
    pub registration: bool,
    pub(crate) password_min_length: usize,
    pub(crate) argon2_memory: Bytes,
    pub(crate) argon2_iterations: u32,
    /// Password hashes at a time.
    pub(crate) argon2_parallel_hashes: usize,
    pub(crate) login_attempts_per_account: Rate,
    pub(crate) login_attempts_per_address: Rate,
    pub(crate) registrations_per_address: Rate,

    /// Origins, besides the public URL's own, whose pages may act on a login.
    pub(crate) allowed_origins: Vec<String>,
    /// Services that may introspect tokens and follow the feed of revocations.
    pub(crate) callers: Vec<ServiceClient>,
    /// Whether reverse proxies may ask `/forward-auth/auth`.
    pub(crate) forward_auth: bool,

    /// Networks of proxies whose headers about the client are believed.
    pub trusted_proxies: Vec<IpNet>,
    pub(crate) forwarded_header: ForwardedHeader,
    /// The certificate and its key; `None`: HTTP.
    pub tls: Option<TlsFiles>,
    /// Open connections at a time.
    pub max_connections: usize,
    /// From one address that is not a trusted proxy's.
    pub max_connections_per_address: usize,
    pub(crate) max_body: Bytes,
    /// How long a request may take.
    pub request_timeout: Duration,

    /// How long ended sessions and tokens are kept before they are pruned.
    pub(crate) keep_ended: Duration,
    /// How long entries of the audit log are kept.
    pub(crate) keep_audit: Duration,
    /// The least important lines that are logged.
    pub log: LogLevel,
    /// How log lines are written.
    pub log_format: LogFormat,
}

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// An address and a port.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// Which database, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A URL with all that it takes to connect.
    Postgres(Secret),
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretPlace {
    /// In this file.
    File(PathBuf),
    /// It was in the environment.
    Here(Secret),
}

/// A certificate chain and its key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead to its root.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
}

/// A service with a credential of its own (RFC 7662 §2.1), by HTTP Basic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceClient {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// In which header trusted proxies say whom they speak for. The other one is the client's to write, and is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForwardedHeader {
    /// `X-Forwarded-For`, `X-Forwarded-Proto`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The least important lines that are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// None.
    Off,
    /// Errors.
    Error,
    /// Warnings, and what is above them.
    Warn,
    /// Information, and what is above it.
    Info,
    /// Everything.
    Debug,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}
