//! The names of all settings, once: what a file, the environment and flags may say, and what holds if nobody does.

use Form::{Count, List, Measure, Path, Switch, Text};
use Preset::{From, Is, Unset};

/// A setting: its name, form, default and help.
#[derive(Debug)]
pub struct Setting {
    /// As it stands in a file: `access-token-lifetime`.
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// What stands for the value in help texts.
    pub(crate) value: &'static str,
    pub(crate) default: Preset,
    pub(crate) by: By,
    /// What it is, in lines of at most 95 characters.
    pub(crate) help: &'static str,
}

/// What holds where nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    /// This value, as TOML.
    Is(&'static str),
    /// What follows from this.
    From(&'static str),
    /// Nothing.
    Unset,
}

/// The form of a value: how a text from the environment or a flag becomes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    /// Beside the file that names it.
    Path,
    /// A text with a unit.
    Measure,
    Count,
    Switch,
    List,
}

/// Who may say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Anyone,
    /// A secret: the environment alone.
    Environment,
}

impl Setting {
    /// `access-token-lifetime` is `GLOWBAND_ACCESS_TOKEN_LIFETIME`.
    pub(crate) fn variable(&self) -> String {
        format!("{VARIABLES}{}", self.name.replace('-', "_").to_ascii_uppercase())
    }

    /// Returns the name, as a file has it: `access-token-lifetime`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what stands for the value in a help text: `TIME`.
    pub fn value_name(&self) -> &'static str {
        self.value
    }

    /// Returns what the setting is, in lines of at most 95 characters.
    pub fn help(&self) -> &'static str {
        self.help
    }

    /// Returns the default in words; `None` if there is none.
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

    /// Returns whether the value is a secret, which neither a file nor a flag may hold.
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

/// With what every variable of ours begins.
pub(crate) const VARIABLES: &str = "GLOWBAND_";
/// The variable that names the file.
pub(crate) const CONFIG_VARIABLE: &str = "GLOWBAND_CONFIG";

const fn of(name: &'static str, form: Form, value: &'static str, default: Preset, help: &'static str) -> Setting {
    Setting { name, form, value, default, by: By::Anyone, help }
}

const fn secret(name: &'static str, help: &'static str) -> Setting {
    Setting { name, form: Text, value: "SECRET", default: Unset, by: By::Environment, help }
}

/// Headings, and the settings below each.
pub(crate) const SETTINGS: &[(&str, &[Setting])] = &[
    ("Where", WHERE),
    ("Tokens", TOKENS),
    ("Sessions", SESSIONS),
    ("Accounts", ACCOUNTS),
    ("Pages and services that may ask", ASKING),
    ("Network", NETWORK),
    ("For operators", OPERATORS),
];

const WHERE: &[Setting] = &[
    of(
        "listen",
        Text,
        "ADDRESS:PORT",
        Is("\"127.0.0.1:8080\""),
        "Where to listen; unix:/run/glowband.sock is a socket in the file system",
    ),
    of(
        "public-url",
        Text,
        "URL",
        From("listen"),
        "The address that clients know. It is the issuer of all tokens: a new one ends their validity",
    ),
    of(
        "data",
        Path,
        "FOLDER",
        Is("\"glowband-data\""),
        "The folder for what has no place of its own: database, signing keys, refresh secret.\nIt is made, for its owner alone (0700)",
    ),
    of(
        "database",
        Text,
        "URL",
        From("data"),
        "sqlite:FILE, or postgres://USER@HOST/NAME. In a flag it must not hold a password: there are\nGLOWBAND_DATABASE, database-url-file and PGPASSFILE",
    ),
    of("database-url-file", Path, "FILE", Unset, "A file that holds the URL of the database, password and all"),
    of("database-connections", Count, "NUMBER", Is("16"), "Connections to PostgreSQL at a time: 1 to 1000"),
];

const TOKENS: &[Setting] = &[
    of("audience", Text, "NAME", From("public-url"), "Whom access tokens are meant for (aud)"),
    of("access-token-lifetime", Measure, "TIME", Is("\"10m\""), "How long an access token is good for: 1m to 1h"),
    of("scopes", List, "SCOPES", Is("[]"), "Scopes that a login may ask for"),
    of("personal-token-scopes", List, "SCOPES", Is("[]"), "Scopes that a personal token may have"),
    of(
        "signing-algorithm",
        Text,
        "ALG",
        Is("\"ES256\""),
        "What new signing keys are for: ES256, ES384, EdDSA, or HS256, which nobody else can verify",
    ),
    of("key-rotation-every", Measure, "TIME", Is("\"30d\""), "How often there is a new signing key: 1h to 365d"),
    of(
        "encryption-key-file",
        Path,
        "FILE",
        Unset,
        "A file with the key that signing keys on disk are encrypted with: 32 bytes in base64url",
    ),
    secret("encryption-key", "The same, from the environment"),
];

const SESSIONS: &[Setting] = &[
    of("idle-lifetime", Measure, "TIME", Is("\"14d\""), "How long a login lasts that is not used: 1m to 400d"),
    of(
        "absolute-lifetime",
        Measure,
        "TIME",
        Is("\"30d\""),
        "How long a login lasts, however much it is used: idle-lifetime to 400d",
    ),
    of(
        "replay-window",
        Measure,
        "TIME",
        Is("\"10s\""),
        "For how long the refresh token before the current one is answered like it (lost answers, two\ntabs): 0s to 60s",
    ),
    of(
        "refresh-secret-file",
        Path,
        "FILE",
        From("data"),
        "The secret that refresh tokens are made with. Servers of one database share it",
    ),
    secret("refresh-secret", "The same, from the environment"),
];

const ACCOUNTS: &[Setting] = &[
    of(
        "registration",
        Switch,
        "true|false",
        Is("true"),
        "Whether anybody may make an account; otherwise glowband users add does",
    ),
    of("password-min-length", Count, "NUMBER", Is("10"), "Characters of a new password: 8 to 64"),
    of("argon2-memory", Measure, "SIZE", Is("\"19MiB\""), "Memory of one password hash: 7MiB to 1GiB"),
    of(
        "argon2-iterations",
        Count,
        "NUMBER",
        Is("2"),
        "Passes over that memory: 1 to 16. Weaker pairs than OWASP's (46MiB and 1, 19MiB and 2, 12MiB\nand 3, 9MiB and 4, 7MiB and 5) are refused",
    ),
    of("argon2-parallel-hashes", Count, "NUMBER", From("the processors"), "Password hashes at a time: 1 to 256"),
    of(
        "login-attempts-per-account",
        Text,
        "NUMBER/TIME",
        Is("\"10/15m\""),
        "Logins to one account that may fail from one address; ten times as many from all\naddresses together that it has not logged in from before",
    ),
    of(
        "login-attempts-per-address",
        Text,
        "NUMBER/TIME",
        Is("\"100/15m\""),
        "Logins that may fail from one address, or one IPv6 network of 64 bits",
    ),
    of(
        "registrations-per-address",
        Text,
        "NUMBER/TIME",
        Is("\"20/1h\""),
        "New accounts from one address, or one IPv6 network of 64 bits",
    ),
];

const ASKING: &[Setting] = &[
    of(
        "allowed-origins",
        List,
        "ORIGINS",
        Is("[]"),
        "Origins of pages, besides public-url, that may log in and refresh: https://app.example",
    ),
    of(
        "forward-auth",
        Switch,
        "true|false",
        Is("false"),
        "Whether reverse proxies may ask /forward-auth/auth about a request's token",
    ),
];

const NETWORK: &[Setting] = &[
    of(
        "trusted-proxies",
        List,
        "NETWORKS",
        Is("[]"),
        "Addresses or networks of proxies whose word on the client's address is taken: 10.0.0.0/8",
    ),
    of(
        "forwarded-header",
        Text,
        "HEADER",
        Is("\"x-forwarded-for\""),
        "Where they say it: x-forwarded-for (with X-Forwarded-Proto), or forwarded (RFC 7239). The\nother one is not read",
    ),
    of(
        "tls-certificate",
        Path,
        "FILE",
        Unset,
        "The certificate and those that lead to its root, PEM; read again when it changes",
    ),
    of("tls-key", Path, "FILE", Unset, "The certificate's private key, PEM"),
    of(
        "max-connections",
        Count,
        "NUMBER",
        Is("4096"),
        "Open connections at a time: 8 to 1000000. When all are taken, the oldest idle one gives way",
    ),
    of(
        "max-connections-per-address",
        Count,
        "NUMBER",
        From("max-connections"),
        "Of these, from one address or one IPv6 network of 64 bits: 1 to 1000000. A quarter of them\nunless it is set; trusted proxies and Unix sockets have no such limit",
    ),
    of("max-body", Measure, "SIZE", Is("\"64KiB\""), "How long the body of a request may be: 1KiB to 64KiB"),
    of(
        "request-timeout",
        Measure,
        "TIME",
        Is("\"30s\""),
        "How long a request may take, and its body to arrive: 1s to 10m",
    ),
];

const OPERATORS: &[Setting] = &[
    of(
        "metrics-listen",
        Text,
        "ADDRESS:PORT",
        Unset,
        "A second listener for /metrics, /healthz and /readyz; /metrics is then nowhere else",
    ),
    of("log", Text, "LEVEL", Is("\"info\""), "Which lines go to standard error: off, error, warn, info, debug"),
    of("log-format", Text, "FORMAT", Is("\"text\""), "text, or json: an object a line"),
    of(
        "keep-ended",
        Measure,
        "TIME",
        Is("\"30d\""),
        "How long sessions and tokens that have ended are kept: 1d to 3650d",
    ),
    of("keep-audit", Measure, "TIME", Is("\"365d\""), "How long entries of the audit log are kept: 1d to 3650d"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_told_apart() {
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
    fn a_variable_is_the_name_in_capitals() {
        let setting = Setting::named("access-token-lifetime").unwrap();
        assert_eq!(setting.variable(), "GLOWBAND_ACCESS_TOKEN_LIFETIME");
        assert!(Setting::named("access_token_lifetime").is_none());
    }
}
