//! The checked settings.

use super::units::{Bytes, Rate, Secret};
use glowband_core::Algorithm;
use ipnet::IpNet;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// The checked settings of a server, made by [`builder`](Self::builder).
///
/// The fields about listening are for the program that listens: a mounted router has no listener of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The address to listen on.
    pub listen: Listen,
    /// A second address for `/metrics`, `/healthz` and `/readyz`.
    pub metrics_listen: Option<Listen>,
    /// The URL under which clients reach the server, and the issuer of its tokens. Default: the listening address.
    pub public_url: Option<String>,
    /// The folder for the SQLite database, the signing keys and the refresh secret.
    pub data: PathBuf,
    /// The database.
    pub(crate) database: DatabaseUrl,
    /// The maximum number of connections to PostgreSQL, or of readers of SQLite.
    pub(crate) database_connections: NonZeroU32,

    /// `aud` of the access tokens. Default: the public URL.
    pub(crate) audience: Option<String>,
    pub(crate) access_token_lifetime: Duration,
    /// The scopes that a login can request.
    pub(crate) scopes: Vec<String>,
    /// The scopes that a personal token can have.
    pub(crate) personal_token_scopes: Vec<String>,
    /// The algorithm of new signing keys.
    pub signing_algorithm: Algorithm,
    pub(crate) key_rotation_every: Duration,
    /// The key that encrypts the signing keys on disk.
    pub(crate) encryption_key: Option<SecretPlace>,

    pub(crate) idle_lifetime: Duration,
    pub(crate) absolute_lifetime: Duration,
    pub(crate) replay_window: Duration,
    /// The secret of refresh tokens. The file in the data folder is created if it does not exist.
    pub(crate) refresh_secret: SecretPlace,

    /// Whether users can register.
    pub registration: bool,
    pub(crate) password_min_length: usize,
    pub(crate) argon2_memory: Bytes,
    pub(crate) argon2_iterations: u32,
    /// The maximum number of password hashes computed at the same time.
    pub(crate) argon2_parallel_hashes: usize,
    pub(crate) login_attempts_per_account: Rate,
    pub(crate) login_attempts_per_address: Rate,
    pub(crate) registrations_per_address: Rate,

    /// Other origins whose pages can log in and refresh.
    pub(crate) allowed_origins: Vec<String>,
    /// Service clients, which can introspect tokens and read the revocation feed.
    pub(crate) callers: Vec<ServiceClient>,
    /// Whether reverse proxies can check tokens at `/forward-auth/auth`.
    pub(crate) forward_auth: bool,

    /// Networks of proxies whose header with the client's address is used.
    pub trusted_proxies: Vec<IpNet>,
    pub(crate) forwarded_header: ForwardedHeader,
    /// The TLS certificate and its key. `None` means plain HTTP.
    pub tls: Option<TlsFiles>,
    /// The maximum number of open connections.
    pub max_connections: usize,
    /// The maximum number of open connections from one address that is not a trusted proxy.
    pub max_connections_per_address: usize,
    pub(crate) max_body: Bytes,
    /// The maximum time for a request.
    pub request_timeout: Duration,

    /// How long ended sessions and revoked tokens are stored.
    pub(crate) keep_ended: Duration,
    /// How long audit log entries are stored.
    pub(crate) keep_audit: Duration,
    /// The log level.
    pub log: LogLevel,
    /// The log format.
    pub log_format: LogFormat,
}

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// An address and a port.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

/// The database and its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL server, which may contain a password.
    Postgres(Secret),
}

/// The place of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretPlace {
    /// In this file.
    File(PathBuf),
    /// The environment contained it.
    Here(Secret),
}

/// A certificate chain and its key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by its intermediate certificates.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
}

/// A service that authenticates with HTTP Basic (RFC 7662 §2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceClient {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// The header in which trusted proxies report the client. The other header is ignored, because clients can set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForwardedHeader {
    /// `X-Forwarded-For`, `X-Forwarded-Proto`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The log level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// No lines.
    Off,
    /// Errors.
    Error,
    /// Warnings and errors.
    Warn,
    /// Information, warnings and errors.
    Info,
    /// Everything.
    Debug,
}

/// The log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text.
    Text,
    /// JSON, with one object per line.
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
