//! The table of all settings: names, forms, defaults and help texts, for files, the environment and flags.

use Form::{Count, List, Measure, Path, Switch, Text};
use Preset::{From, Is, Unset};

/// A setting: its name, form, default and help.
#[derive(Debug)]
pub struct Setting {
    /// The name in a file: `access-token-lifetime`.
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// The placeholder for the value in help texts.
    pub(crate) value: &'static str,
    pub(crate) default: Preset,
    pub(crate) by: By,
    /// The help text, in lines of at most 95 characters.
    pub(crate) help: &'static str,
}

/// The default of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    /// This value, as TOML.
    Is(&'static str),
    /// The default is derived from this.
    From(&'static str),
    /// There is no default.
    Unset,
}

/// The form of a value, which decides how a text from the environment or a flag is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    /// A path. In a file, it is relative to that file.
    Path,
    /// A number with a unit.
    Measure,
    Count,
    Switch,
    List,
}

/// The sources that can set a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Anyone,
    /// The environment only, because the value is a secret.
    Environment,
}

impl Setting {
    /// Returns the environment variable: `GLOWBAND_ACCESS_TOKEN_LIFETIME` for `access-token-lifetime`.
    pub(crate) fn variable(&self) -> String {
        format!("{VARIABLES}{}", self.name.replace('-', "_").to_ascii_uppercase())
    }

    /// Returns the name in a file: `access-token-lifetime`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the placeholder for the value in a help text: `TIME`.
    pub fn value_name(&self) -> &'static str {
        self.value
    }

    /// Returns the help text, in lines of at most 95 characters.
    pub fn help(&self) -> &'static str {
        self.help
    }

    /// Returns a description of the default, or `None` if there is no default.
    pub fn default_in_words(&self) -> Option<String> {
        match self.default {
            Is("[]") | Unset => None,
            Is(toml) => Some(toml.trim_matches('"').to_owned()),
            From(what) => Some(format!("from {what}")),
        }
    }

    /// Returns whether the value is a list.
    pub fn is_list(&self) -> bool {
        self.form == List
    }

    /// Returns whether the value is a secret. Files and flags must not contain secrets.
    pub fn is_secret(&self) -> bool {
        self.by == By::Environment
    }

    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|setting| setting.name == name)
    }

    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        SETTINGS.iter().flat_map(|(_, settings)| *settings)
    }
}

/// Returns the setting of this name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    Setting::named(name)
}

/// Returns all settings, in groups with a heading.
pub fn setting_groups() -> &'static [(&'static str, &'static [Setting])] {
    SETTINGS
}

/// The prefix of all environment variables.
pub(crate) const VARIABLES: &str = "GLOWBAND_";
/// The environment variable with the path of the settings file.
pub(crate) const CONFIG_VARIABLE: &str = "GLOWBAND_CONFIG";

const fn of(name: &'static str, form: Form, value: &'static str, default: Preset, help: &'static str) -> Setting {
    Setting { name, form, value, default, by: By::Anyone, help }
}

const fn secret(name: &'static str, help: &'static str) -> Setting {
    Setting { name, form: Text, value: "SECRET", default: Unset, by: By::Environment, help }
}

/// The groups of settings, with their headings.
pub(crate) const SETTINGS: &[(&str, &[Setting])] = &[
    ("Addresses and data", WHERE),
    ("Tokens", TOKENS),
    ("Sessions", SESSIONS),
    ("Accounts", ACCOUNTS),
    ("Pages and proxies", ASKING),
    ("Network", NETWORK),
    ("For operators", OPERATORS),
];

const WHERE: &[Setting] = &[
    of(
        "listen",
        Text,
        "ADDRESS:PORT",
        Is("\"127.0.0.1:8080\""),
        "The address to listen on. unix:/run/glowband.sock is a Unix socket",
    ),
    of(
        "public-url",
        Text,
        "URL",
        From("listen"),
        "The URL under which clients reach the server. It is the issuer of all tokens, so existing\ntokens become invalid when it changes",
    ),
    of(
        "data",
        Path,
        "FOLDER",
        Is("\"glowband-data\""),
        "The folder for the SQLite database, the signing keys and the refresh secret. The server\ncreates it with mode 0700",
    ),
    of(
        "database",
        Text,
        "URL",
        From("data"),
        "The database: sqlite:FILE or postgres://USER@HOST/NAME. A flag must not contain a password;\nuse GLOWBAND_DATABASE, database-url-file or PGPASSFILE instead",
    ),
    of("database-url-file", Path, "FILE", Unset, "A file with the database URL, including the password"),
    of("database-connections", Count, "NUMBER", Is("16"), "The maximum number of connections to PostgreSQL: 1 to 1000"),
];

const TOKENS: &[Setting] = &[
    of("audience", Text, "NAME", From("public-url"), "The audience (aud) of access tokens"),
    of("access-token-lifetime", Measure, "TIME", Is("\"10m\""), "The lifetime of access tokens: 1m to 1h"),
    of("scopes", List, "SCOPES", Is("[]"), "The scopes that a login can request"),
    of("personal-token-scopes", List, "SCOPES", Is("[]"), "The scopes that a personal token can have"),
    of(
        "signing-algorithm",
        Text,
        "ALG",
        Is("\"ES256\""),
        "The algorithm of new signing keys: ES256, ES384, EdDSA or HS256. Only this server can verify\nHS256 tokens",
    ),
    of("key-rotation-every", Measure, "TIME", Is("\"30d\""), "The time between two new signing keys: 1h to 365d"),
    of(
        "encryption-key-file",
        Path,
        "FILE",
        Unset,
        "A file with the key that encrypts the signing keys on disk: 32 bytes in base64url",
    ),
    secret("encryption-key", "The key that encrypts the signing keys on disk, instead of encryption-key-file"),
];

const SESSIONS: &[Setting] = &[
    of(
        "idle-lifetime",
        Measure,
        "TIME",
        Is("\"14d\""),
        "The time after which a session ends if it is not refreshed: 1m to 400d",
    ),
    of(
        "absolute-lifetime",
        Measure,
        "TIME",
        Is("\"30d\""),
        "The time after which a session ends even if it is refreshed: idle-lifetime to 400d",
    ),
    of(
        "replay-window",
        Measure,
        "TIME",
        Is("\"10s\""),
        "The time during which the previous refresh token still works, for lost responses and for tabs\nthat refresh at the same time: 0s to 60s",
    ),
    of(
        "refresh-secret-file",
        Path,
        "FILE",
        From("data"),
        "A file with the secret of refresh tokens. All servers of one database need the same secret",
    ),
    secret("refresh-secret", "The secret of refresh tokens, instead of refresh-secret-file"),
];

const ACCOUNTS: &[Setting] = &[
    of(
        "registration",
        Switch,
        "true|false",
        Is("true"),
        "Whether users can register. If false, only `glowband users add` creates accounts",
    ),
    of("password-min-length", Count, "NUMBER", Is("10"), "The minimum length of new passwords, in characters: 8 to 64"),
    of("argon2-memory", Measure, "SIZE", Is("\"19MiB\""), "The memory for one password hash: 7MiB to 1GiB"),
    of(
        "argon2-iterations",
        Count,
        "NUMBER",
        Is("2"),
        "The number of Argon2 passes over that memory: 1 to 16. Combinations weaker than OWASP's are\nrefused: 46MiB and 1, 19MiB and 2, 12MiB and 3, 9MiB and 4, 7MiB and 5",
    ),
    of(
        "argon2-parallel-hashes",
        Count,
        "NUMBER",
        From("the processors"),
        "The maximum number of password hashes computed at the same time: 1 to 256",
    ),
    of(
        "login-attempts-per-account",
        Text,
        "NUMBER/TIME",
        Is("\"10/15m\""),
        "Failed logins allowed per account from one address. From all addresses together that the\naccount has not logged in from before, ten times as many are allowed",
    ),
    of(
        "login-attempts-per-address",
        Text,
        "NUMBER/TIME",
        Is("\"100/15m\""),
        "Failed logins allowed from one IPv4 address or one IPv6 /64 network",
    ),
    of(
        "registrations-per-address",
        Text,
        "NUMBER/TIME",
        Is("\"20/1h\""),
        "New accounts allowed from one IPv4 address or one IPv6 /64 network",
    ),
];

const ASKING: &[Setting] = &[
    of(
        "allowed-origins",
        List,
        "ORIGINS",
        Is("[]"),
        "Other origins whose pages can log in and refresh, such as https://app.example",
    ),
    of(
        "forward-auth",
        Switch,
        "true|false",
        Is("false"),
        "Whether reverse proxies can check tokens at /forward-auth/auth",
    ),
];

const NETWORK: &[Setting] = &[
    of(
        "trusted-proxies",
        List,
        "NETWORKS",
        Is("[]"),
        "Proxies whose header with the client's address is used: addresses or networks such as\n10.0.0.0/8",
    ),
    of(
        "forwarded-header",
        Text,
        "HEADER",
        Is("\"x-forwarded-for\""),
        "The header with the client's address: x-forwarded-for (with X-Forwarded-Proto) or forwarded\n(RFC 7239). The other header is ignored",
    ),
    of(
        "tls-certificate",
        Path,
        "FILE",
        Unset,
        "The TLS certificate chain, as PEM. The server reloads it when it changes",
    ),
    of("tls-key", Path, "FILE", Unset, "The private key of the TLS certificate, as PEM"),
    of(
        "max-connections",
        Count,
        "NUMBER",
        Is("4096"),
        "The maximum number of open connections: 8 to 1000000. At the limit, a new connection closes the\nlongest idle one",
    ),
    of(
        "max-connections-per-address",
        Count,
        "NUMBER",
        From("max-connections"),
        "The maximum number of open connections from one IPv4 address or one IPv6 /64 network: 1 to\n1000000. Default: a quarter of max-connections. Trusted proxies and Unix sockets are exempt",
    ),
    of("max-body", Measure, "SIZE", Is("\"64KiB\""), "The maximum size of a request body: 1KiB to 64KiB"),
    of(
        "request-timeout",
        Measure,
        "TIME",
        Is("\"30s\""),
        "The maximum time for a request, and for its body to arrive: 1s to 10m",
    ),
];

const OPERATORS: &[Setting] = &[
    of(
        "metrics-listen",
        Text,
        "ADDRESS:PORT",
        Unset,
        "A second address for /metrics, /healthz and /readyz. If it is set, /metrics is available only\nthere",
    ),
    of("log", Text, "LEVEL", Is("\"info\""), "The log level for standard error: off, error, warn, info, debug"),
    of("log-format", Text, "FORMAT", Is("\"text\""), "The log format: text, or json with one object per line"),
    of(
        "keep-ended",
        Measure,
        "TIME",
        Is("\"30d\""),
        "How long ended sessions and revoked tokens are stored: 1d to 3650d",
    ),
    of("keep-audit", Measure, "TIME", Is("\"365d\""), "How long audit log entries are stored: 1d to 3650d"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_well_formed() {
        let names: Vec<_> = Setting::all().map(|setting| setting.name).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name}");
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{name}"
            );
            assert_ne!(*name, "callers", "a table in files");
        }
    }

    #[test]
    fn help_fits_a_terminal() {
        for setting in Setting::all() {
            assert!(setting.help.lines().all(|line| line.chars().count() <= 95), "{}", setting.name);
        }
    }

    #[test]
    fn a_variable_is_the_name_in_upper_case() {
        let setting = Setting::named("access-token-lifetime").unwrap();
        assert_eq!(setting.variable(), "GLOWBAND_ACCESS_TOKEN_LIFETIME");
        assert!(Setting::named("access_token_lifetime").is_none());
    }
}
