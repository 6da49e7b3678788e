//! The URL of a PostgreSQL database. It may contain a password, so no error shows any part of it.

use glowband_session::{StoreError, StoreErrorKind};
use sqlx::postgres::PgConnectOptions;

/// The parameters that are allowed. The error for another one shows its name, not its value.
const PARAMETERS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

pub(super) fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
    let refused = |text: String| StoreError::new(StoreErrorKind::Refused, text);
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(refused("the URL of a PostgreSQL database begins with postgres:// or postgresql://".to_owned()));
    }
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let keys = query.split('#').next().unwrap_or("").split('&').filter(|pair| !pair.is_empty());
    for key in keys.map(|pair| pair.split('=').next().unwrap_or("")) {
        let of_options = key.starts_with("options[") && key.ends_with(']');
        if !PARAMETERS.contains(&key) && !of_options {
            let allowed = PARAMETERS.join(", ");
            return Err(refused(format!("the URL has the parameter {key:?}; allowed are {allowed}")));
        }
    }
    // Its own error may quote a part of the URL.
    url.parse().map_err(|_| {
        refused(
            "the URL is not that of a PostgreSQL database; allowed: postgres://USER:PASSWORD@HOST:PORT/DATABASE"
                .to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_nothing_of_the_password() {
        for url in [
            "mysql://u:hunter2@h/d",
            "hunter2",
            "postgres://u:hunter2@h:port/d",
            "postgres://u:hunter2@[::/d",
            "postgres://u@h/d?pasword=hunter2",
            "postgres://u@h/d?sslmode=hunter2",
            "postgres://u@h/d?port=hunter2",
            "postgres://u@h/d?statement-cache-capacity=hunter2",
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Refused);
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
        assert!(parse("postgres://u@h/d?pasword=x").unwrap_err().to_string().contains("\"pasword\""));
    }

    #[test]
    fn the_usual_forms_are_read() {
        let options = parse("postgres://alice:secret@db.example:6432/auth?sslmode=verify-full").unwrap();
        assert_eq!((options.get_host(), options.get_port()), ("db.example", 6432));
        assert_eq!((options.get_username(), options.get_database()), ("alice", Some("auth")));
        assert!(parse("postgresql://h/d?options[search_path]=glowband").is_ok());
        assert!(parse("postgres:///d?host=/run/postgresql").is_ok());
    }
}
