//! Checks all values and makes the settings. All errors are reported together.

use super::address;
use super::argon2_cost::Cost;
use super::check_value::{Check, NOT_ALLOWED};
use super::database_url;
use super::error::ConfigError;
use super::names::Setting;
use super::raw::{Raw, RawServiceClient};
use super::secret_file;
use super::settings::{
    DatabaseUrl, ForwardedHeader, Listen, LogFormat, LogLevel, SecretPlace, ServiceClient, Settings, TlsFiles,
};
use super::units::{Bytes, Secret};
use super::value::{Given, SettingSource, Value};
use glowband_core::Algorithm;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const MIB: u64 = 1 << 20;

/// Checks the values of all sources together.
///
/// # Errors
/// Returns one error for each setting that is wrong.
pub(super) fn validate(raw: &Raw) -> Result<Settings, Vec<ConfigError>> {
    let mut check = Check::new(raw);
    let data = check.path("data").unwrap_or_default();
    let listen = check.text("listen", LISTEN, address::listen);
    let database = database(raw, &mut check, &data);
    let seconds = |seconds| Duration::from_secs(seconds);
    let idle_lifetime = check.time("idle-lifetime", seconds(60)..=400 * DAY);
    let argon2 = argon2(raw, &mut check);
    let max_connections = check.count("max-connections", 8..=1_000_000).map_or(0, usize_of);
    let per_address = check.count("max-connections-per-address", 1..=1_000_000);
    let settings = Settings {
        public_url: public_url(raw, &mut check, listen.as_ref()),
        metrics_listen: metrics_listen(&mut check, listen.as_ref()),
        listen: listen.unwrap_or(Listen::Unix(PathBuf::new())),
        database,
        database_connections: check.count("database-connections", 1..=1_000).unwrap_or(NonZeroU32::MIN),
        audience: check.text("audience", "a name or an address", |text| Some(text.to_owned())),
        access_token_lifetime: check.time("access-token-lifetime", seconds(60)..=HOUR),
        scopes: check.list("scopes", SCOPE, address::scope),
        personal_token_scopes: check.list("personal-token-scopes", SCOPE, address::scope),
        signing_algorithm: check.one_of("signing-algorithm", ALGORITHMS, Algorithm::Es256),
        key_rotation_every: check.time("key-rotation-every", HOUR..=365 * DAY),
        encryption_key: secret(raw, &mut check, "encryption-key", "encryption-key-file"),
        idle_lifetime,
        absolute_lifetime: check.time("absolute-lifetime", idle_lifetime..=400 * DAY),
        replay_window: check.time("replay-window", Duration::ZERO..=seconds(60)),
        refresh_secret: secret(raw, &mut check, "refresh-secret", "refresh-secret-file")
            .unwrap_or_else(|| SecretPlace::File(data.join("refresh.key"))),
        registration: check.switch("registration"),
        password_min_length: check.count("password-min-length", 8..=64).map_or(0, |count| count.get() as usize),
        argon2_memory: argon2.0,
        argon2_iterations: argon2.1,
        argon2_parallel_hashes: check.count("argon2-parallel-hashes", 1..=256).map_or_else(processors, usize_of),
        login_attempts_per_account: check.rate("login-attempts-per-account"),
        login_attempts_per_address: check.rate("login-attempts-per-address"),
        registrations_per_address: check.rate("registrations-per-address"),
        allowed_origins: check.list("allowed-origins", ORIGIN, address::origin),
        callers: callers(raw, &mut check),
        forward_auth: check.switch("forward-auth"),
        trusted_proxies: check.list("trusted-proxies", NETWORK, address::network),
        forwarded_header: check.one_of("forwarded-header", FORWARDED, ForwardedHeader::XForwardedFor),
        tls: tls(raw, &mut check),
        max_connections,
        max_connections_per_address: per_address.map_or(max_connections / 4, usize_of),
        max_body: check.size("max-body", Bytes(1 << 10)..=Bytes(64 << 10)),
        request_timeout: check.time("request-timeout", seconds(1)..=seconds(600)),
        keep_ended: check.time("keep-ended", DAY..=3_650 * DAY),
        keep_audit: check.time("keep-audit", DAY..=3_650 * DAY),
        log: check.one_of("log", LEVELS, LogLevel::Info),
        log_format: check.one_of(
            "log-format",
            &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            LogFormat::Text,
        ),
        data,
    };
    let wrong = check.finish();
    if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
}

const LISTEN: &str = "an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; \
    names such as localhost are not looked up";
const SCOPE: &str = "scopes of printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)";
const ORIGIN: &str = "origins such as https://app.example, without a path and without a slash at the end";
const NETWORK: &str = "addresses and networks, such as 10.1.2.3 and 10.0.0.0/8";
const PUBLIC_URL: &str = "a URL such as https://id.example: http or https, lower case, no query, no slash at the end";
const FORWARDED: &[(&str, ForwardedHeader)] =
    &[("x-forwarded-for", ForwardedHeader::XForwardedFor), ("forwarded", ForwardedHeader::Forwarded)];
const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("ES256", Algorithm::Es256),
    ("ES384", Algorithm::Es384),
    ("EdDSA", Algorithm::EdDsa),
    ("HS256", Algorithm::Hs256),
];
const LEVELS: &[(&str, LogLevel)] = &[
    ("off", LogLevel::Off),
    ("error", LogLevel::Error),
    ("warn", LogLevel::Warn),
    ("info", LogLevel::Info),
    ("debug", LogLevel::Debug),
];

fn usize_of(count: NonZeroU32) -> usize {
    usize::try_from(count.get()).unwrap_or(usize::MAX)
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, |count| count.get().min(256))
}

fn public_url(raw: &Raw, check: &mut Check<'_>, listen: Option<&Listen>) -> Option<String> {
    let url = check.text("public-url", PUBLIC_URL, address::public_url);
    if raw.get("public-url").is_none() {
        let unknown = match listen {
            Some(Listen::Unix(_)) => Some("listen is a socket in the file system".to_owned()),
            Some(Listen::Tcp(address)) if address.ip().is_unspecified() => {
                Some(format!("listen is {address}, which no client can call"))
            }
            _ => None,
        };
        if let Some(why) = unknown {
            check.refuse(ConfigError::missing("public-url", format!("is missing: {why}")).allowed(PUBLIC_URL));
        }
    }
    url
}

fn metrics_listen(check: &mut Check<'_>, listen: Option<&Listen>) -> Option<Listen> {
    let metrics = check.text("metrics-listen", LISTEN, address::listen)?;
    let any_port = matches!(&metrics, Listen::Tcp(address) if address.port() == 0);
    if Some(&metrics) == listen && !any_port {
        check.refuse_value("metrics-listen", "is the address of listen", Some("another address"));
    }
    Some(metrics)
}

fn argon2(raw: &Raw, check: &mut Check<'_>) -> (Bytes, u32) {
    let memory = check.size("argon2-memory", Bytes(7 * MIB)..=Bytes(1 << 30));
    let iterations = check.count("argon2-iterations", 1..=16).map_or(1, NonZeroU32::get);
    let kib = u32::try_from(memory.0 / 1024).unwrap_or(u32::MAX);
    if let Err(weak) = Cost::new(kib, iterations) {
        // Blame the source with the highest priority, never a default.
        let rank = |name| raw.get(name).map_or(0, |given| given.source.rank());
        let by_memory = rank("argon2-memory") > rank("argon2-iterations");
        let name = if by_memory { "argon2-memory" } else { "argon2-iterations" };
        check.refuse_value(name, weak.problem, Some(&weak.allowed));
    }
    (memory, iterations)
}

fn tls(raw: &Raw, check: &mut Check<'_>) -> Option<TlsFiles> {
    let (certificate, key) = (check.path("tls-certificate"), check.path("tls-key"));
    for (one, other) in [("tls-certificate", "tls-key"), ("tls-key", "tls-certificate")] {
        if raw.get(one).is_some() && raw.get(other).is_none() {
            check.refuse_value(one, &format!("needs {other} as well"), None);
        }
    }
    Some(TlsFiles { certificate: certificate?, key: key? })
}

fn database(raw: &Raw, check: &mut Check<'_>, data: &Path) -> DatabaseUrl {
    let default = DatabaseUrl::Sqlite(data.join("glowband.sqlite"));
    let said = match raw.either("database", "database-url-file") {
        Ok(said) => said,
        Err(both) => {
            check.refuse(both);
            return default;
        }
    };
    let url = match said {
        None => None,
        Some("database") => database_in_view(raw, check),
        Some(_) => check.path("database-url-file").and_then(|path| match secret_file::read(&path) {
            Ok(secret) => {
                let url = secret.expose_text().and_then(database_url::read);
                if url.is_none() {
                    let text = format!("{}: the file holds no URL of a database", path.display());
                    check.refuse(ConfigError::new(text).allowed(database_url::ALLOWED));
                }
                url
            }
            Err(error) => {
                check.refuse(ConfigError::new(format!("database-url-file: {error}")));
                None
            }
        }),
    };
    url.unwrap_or(default)
}

/// Reads the database URL from a source that other users may be able to see.
fn database_in_view(raw: &Raw, check: &mut Check<'_>) -> Option<DatabaseUrl> {
    let (given, setting) = (raw.get("database")?, Setting::named("database")?);
    let Value::Text(text) = &given.value else {
        check.refuse_value("database", NOT_ALLOWED, Some(database_url::ALLOWED));
        return None;
    };
    match &given.source {
        SettingSource::Flag if database_url::has_password(text) => {
            check.refuse(ConfigError::of_setting(
                setting,
                given,
                "holds a password, which every process of this machine could read; put the URL into the variable \
                 GLOWBAND_DATABASE or into a file that --database-url-file names, or the password into one that the variable \
                 PGPASSFILE names",
            ));
            return None;
        }
        SettingSource::File { path, .. } if database_url::has_password(text) => {
            if let Err(error) = secret_file::check_private_path(path) {
                check.refuse(ConfigError::of_setting(setting, given, format!("holds a password: {error}")));
                return None;
            }
        }
        _ => {}
    }
    let url = database_url::read(text);
    if url.is_none() {
        // A value with an @ may contain a password in an unknown form, so it is not shown.
        let error = if text.contains('@') {
            ConfigError::of_setting(setting, given, "is no URL of a database")
        } else {
            ConfigError::of_value(setting, given, NOT_ALLOWED)
        };
        check.refuse(error.allowed(database_url::ALLOWED));
    }
    match (url, &given.source) {
        // Relative to the settings file.
        (Some(DatabaseUrl::Sqlite(file)), SettingSource::File { path, .. }) => {
            let whole = path.parent().unwrap_or(Path::new("")).join(file);
            Some(DatabaseUrl::Sqlite(std::path::absolute(&whole).unwrap_or(whole)))
        }
        (url, _) => url,
    }
}

fn secret(raw: &Raw, check: &mut Check<'_>, here: &'static str, file: &'static str) -> Option<SecretPlace> {
    match raw.either(here, file) {
        Ok(None) => None,
        Ok(Some(said)) if said == here => match raw.get(here).map(|given| &given.value) {
            Some(Value::Text(text)) if !text.trim().is_empty() => {
                Some(SecretPlace::Here(Secret::new(text.trim().as_bytes().to_vec())))
            }
            _ => {
                if let (Some(setting), Some(given)) = (Setting::named(here), raw.get(here)) {
                    check.refuse(ConfigError::of_setting(setting, given, "is empty; leave it out or fill it in"));
                }
                None
            }
        },
        Ok(Some(_)) => check.path(file).map(SecretPlace::File),
        Err(both) => {
            check.refuse(both);
            None
        }
    }
}

fn callers(raw: &Raw, check: &mut Check<'_>) -> Vec<ServiceClient> {
    let mut callers: Vec<ServiceClient> = Vec::new();
    for raw_caller in &raw.callers {
        match read_caller(raw_caller) {
            Ok(caller) if callers.iter().any(|other| other.id == caller.id) => {
                check.refuse(ConfigError::new(format!("callers: {:?} is there twice", caller.id)));
            }
            Ok(caller) => callers.push(caller),
            Err(error) => check.refuse(error),
        }
    }
    callers
}

fn read_caller(caller: &RawServiceClient) -> Result<ServiceClient, ConfigError> {
    let wrong = |problem: String| ConfigError::at(caller.source.clone(), format!("callers: {problem}"));
    let text = |given: &Option<Given>, name: &str| match given.as_ref().map(|given| &given.value) {
        Some(Value::Text(text)) if !text.trim().is_empty() => Ok(text.clone()),
        Some(other) => Err(wrong(format!("{name} = {other} is not allowed")).allowed("a text")),
        None => Err(wrong(format!("{name} is missing"))),
    };
    let id = text(&caller.id, "id")?;
    // A name in HTTP Basic ends at the colon (RFC 7617 §2).
    if id.contains(':') || id.chars().any(char::is_control) {
        let problem = format!("id = {} is not allowed", Value::Text(id));
        return Err(wrong(problem).allowed("a text without colons and control characters"));
    }
    let path = text(&caller.secret_file, "secret-file")?;
    let secret = secret_file::read(Path::new(&path)).map_err(|error| wrong(error.to_string()))?;
    if secret.expose().len() < 16 {
        return Err(wrong("the secret has fewer than 16 bytes: openssl rand -base64 32".to_owned()));
    }
    Ok(ServiceClient { id, secret })
}
