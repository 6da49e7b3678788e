//! The database URL: an SQLite file or a PostgreSQL server. Its password is never printed.

use super::settings::DatabaseUrl;
use super::units::Secret;
use std::fmt;

/// The allowed values of `database`.
pub(super) const ALLOWED: &str = "sqlite:FILE, postgres://USER@HOST/NAME";

/// Reads a URL.
pub(super) fn read(text: &str) -> Option<DatabaseUrl> {
    if let Some(rest) = text.strip_prefix("sqlite:") {
        let file = rest.strip_prefix("//").unwrap_or(rest);
        // Databases in memory would be lost at the end, and URL parameters are not supported.
        let named = !file.is_empty() && !file.contains(['?', '\0']) && !file.contains(":memory:");
        return named.then(|| DatabaseUrl::Sqlite(file.into()));
    }
    let rest = after_postgres(text)?;
    (!rest.is_empty()).then(|| DatabaseUrl::Postgres(Secret::new(text.as_bytes().to_vec())))
}

/// Returns whether the URL contains a password in any position.
pub(super) fn has_password(text: &str) -> bool {
    without_password(text) != text
}

/// Returns the URL without its password.
pub(super) fn without_password(text: &str) -> String {
    let Some(rest) = after_postgres(text) else {
        return text.to_owned();
    };
    let scheme = &text[..text.len() - rest.len()];
    // Splits at the last @, so that a password with an unescaped @ or ? is removed too.
    let (user, place) = rest.rsplit_once('@').map_or((None, rest), |(user, place)| (Some(user), place));
    let user = user.map(|user| format!("{}@", user.split([':', '?']).next().unwrap_or_default())).unwrap_or_default();
    let (place, query) = place.split_once('?').map_or((place, None), |(place, query)| (place, Some(query)));
    let harmless = |pair: &&str| !pair.split('=').next().is_some_and(|name| name.to_ascii_lowercase().contains("pass"));
    let query = query.map(|query| query.split('&').filter(harmless).collect::<Vec<_>>().join("&"));
    match query.filter(|query| !query.is_empty()) {
        None => format!("{scheme}{user}{place}"),
        Some(query) => format!("{scheme}{user}{place}?{query}"),
    }
}

fn after_postgres(text: &str) -> Option<&str> {
    text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))
}

/// Without the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Self::Postgres(url) => f.write_str(&without_password(url.expose_text().unwrap_or_default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_servers() {
        for (text, shown) in [
            ("sqlite:a.sqlite", "sqlite:a.sqlite"),
            ("sqlite:///var/lib/a.sqlite", "sqlite:/var/lib/a.sqlite"),
            ("sqlite://a.sqlite", "sqlite:a.sqlite"),
            ("postgres://app@db/glowband", "postgres://app@db/glowband"),
            ("postgresql://db/glowband", "postgresql://db/glowband"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), shown);
        }
        for text in ["", "sqlite:", "sqlite::memory:", "sqlite:a?mode=ro", "postgres://", "mysql://db", "a.sqlite"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_password_is_found_wherever_it_stands_and_never_shown() {
        for (text, shown) in [
            ("postgres://app:hunter2@db:5432/glowband", "postgres://app@db:5432/glowband"),
            ("postgres://app:hunter2@x@db/glowband", "postgres://app@db/glowband"),
            ("postgres://app:hunter2/@db/glowband", "postgres://app@db/glowband"),
            ("postgres://app:hunter2?@db/glowband", "postgres://app@db/glowband"),
            ("postgres://:hunter2@db", "postgres://@db"),
            ("postgres://db/g?password=hunter2", "postgres://db/g"),
            ("postgres://db/g?sslmode=require&PASSWORD=hunter2&user=app", "postgres://db/g?sslmode=require&user=app"),
            ("postgres://db/g?sslpassword=hunter2", "postgres://db/g"),
        ] {
            assert!(has_password(text), "{text}");
            assert_eq!(without_password(text), shown);
            let url = read(text).unwrap();
            assert!(!format!("{url} {url:?}").contains("hunter2"));
        }
        for text in
            ["postgres://app@db:5432/g", "postgres://db/g?sslmode=require", "postgres://[::1]:5432/g", "sqlite:a:b@c"]
        {
            assert!(!has_password(text), "{text}");
        }
    }
}
