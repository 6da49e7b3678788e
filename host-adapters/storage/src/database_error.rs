//! What an error of a database means for its caller.

use glowband_session::{StoreError, StoreErrorKind, StoreFuture};
use std::io;

/// Classifies an error of a database by its code. Programs with tables of their own in the same database use it too, so
/// that all errors of one database are classified in the same way.
pub fn store_error(error: sqlx::Error) -> StoreError {
    let (kind, text) = classify(&error);
    StoreError::new(kind, text).with_cause(error)
}

/// A [`StoreError`] that `?` makes of an error of sqlx.
#[derive(Debug)]
pub(crate) struct DatabaseError(StoreError);

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        Self(store_error(error))
    }
}

impl From<StoreError> for DatabaseError {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        error.0
    }
}

/// Boxes the work of a store's method.
pub(crate) fn answer<'a, T: 'a>(
    work: impl Future<Output = Result<T, DatabaseError>> + Send + 'a,
) -> StoreFuture<'a, T> {
    Box::pin(async move { Ok(work.await?) })
}

fn classify(error: &sqlx::Error) -> (StoreErrorKind, String) {
    use sqlx::Error;
    match error {
        Error::Database(database) => (by_code(&**database), database.message().to_owned()),
        Error::Io(error) => (by_io(error.kind()), error.to_string()),
        Error::PoolTimedOut => (StoreErrorKind::Unavailable, "no connection became free in time".to_owned()),
        Error::PoolClosed => (StoreErrorKind::Unavailable, "this program is closing the database".to_owned()),
        Error::WorkerCrashed => (StoreErrorKind::Unavailable, "a connection broke".to_owned()),
        Error::Tls(cause) => (StoreErrorKind::Unavailable, format!("the TLS connection failed: {cause}")),
        // An answer is cut off when the server stops in the middle of it.
        Error::Protocol(cause) => (StoreErrorKind::Unavailable, format!("the connection broke: {cause}")),
        Error::BeginFailed => (StoreErrorKind::Unavailable, "no transaction could be started".to_owned()),
        Error::ColumnNotFound(_) | Error::ColumnDecode { .. } | Error::TypeNotFound { .. } => {
            (StoreErrorKind::Schema, error.to_string())
        }
        _ => (StoreErrorKind::Other, error.to_string()),
    }
}

/// Returns whether an error says that the database cannot be reached, or is starting or stopping.
#[cfg(feature = "postgres")]
pub(crate) fn is_passing(error: &sqlx::Error) -> bool {
    classify(error).0 == StoreErrorKind::Unavailable
}

/// Returns whether a connection is unusable after an error: it broke, or PostgreSQL closed it.
#[cfg(feature = "postgres")]
pub(crate) fn breaks_connection(error: &sqlx::Error) -> bool {
    use sqlx::Error;
    match error {
        Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.starts_with("08") || matches!(&*code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03")
        }
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        _ => false,
    }
}

/// Returns whether a statement failed because its table does not exist.
pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    // SQLite has one code for every mistake in a statement.
    error.code().is_some_and(|code| code == "42P01") || error.message().starts_with("no such table: ")
}

fn by_io(kind: io::ErrorKind) -> StoreErrorKind {
    match kind {
        io::ErrorKind::PermissionDenied => StoreErrorKind::NotPermitted,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreErrorKind::Full,
        io::ErrorKind::ReadOnlyFilesystem => StoreErrorKind::ReadOnly,
        _ => StoreErrorKind::Unavailable,
    }
}

fn by_code(error: &dyn sqlx::error::DatabaseError) -> StoreErrorKind {
    let code = error.code().unwrap_or_default();
    #[cfg(feature = "sqlite")]
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return code.parse().map_or(StoreErrorKind::Other, by_sqlite_code);
    }
    by_sqlstate(&code)
}

/// <https://www.sqlite.org/rescode.html>: the low byte is the class.
#[cfg(feature = "sqlite")]
fn by_sqlite_code(code: i32) -> StoreErrorKind {
    match code & 0xFF {
        // BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, PROTOCOL
        5 | 6 | 7 | 9 | 10 | 15 => StoreErrorKind::Unavailable,
        13 => StoreErrorKind::Full,
        8 => StoreErrorKind::ReadOnly,
        // PERM, CANTOPEN, AUTH
        3 | 14 | 23 => StoreErrorKind::NotPermitted,
        // CORRUPT, NOTADB
        11 | 26 => StoreErrorKind::Damaged,
        // TOOBIG, CONSTRAINT by CHECK
        18 => StoreErrorKind::Refused,
        19 if code == 275 => StoreErrorKind::Refused,
        _ => StoreErrorKind::Other,
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn by_sqlstate(code: &str) -> StoreErrorKind {
    match code {
        "53100" => StoreErrorKind::Full,
        "25006" => StoreErrorKind::ReadOnly,
        "42501" => StoreErrorKind::NotPermitted,
        // A database, schema, table, column or function that is not there.
        "3D000" | "3F000" | "42P01" | "42703" | "42883" => StoreErrorKind::Schema,
        "23514" | "22001" | "22021" => StoreErrorKind::Refused,
        "XX001" | "XX002" => StoreErrorKind::Damaged,
        _ => match code.get(..2) {
            // Connections, time limits and shutdowns, serialization and deadlocks, resources, locks, the system.
            Some("08" | "57" | "40" | "53" | "55" | "58") => StoreErrorKind::Unavailable,
            Some("28") => StoreErrorKind::NotPermitted,
            _ => StoreErrorKind::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_errors_are_told_from_lasting_ones() {
        for code in ["08006", "57P01", "57P03", "57014", "53300", "40001", "40P01", "55P03", "58030"] {
            assert_eq!(by_sqlstate(code), StoreErrorKind::Unavailable, "{code}");
        }
        assert_eq!(by_sqlstate("53100"), StoreErrorKind::Full);
        assert_eq!(by_sqlstate("25006"), StoreErrorKind::ReadOnly);
        assert_eq!(by_sqlstate("28P01"), StoreErrorKind::NotPermitted);
        assert_eq!(by_sqlstate("3D000"), StoreErrorKind::Schema);
        assert_eq!(by_sqlstate("23505"), StoreErrorKind::Other);
        assert_eq!(by_sqlstate(""), StoreErrorKind::Other);
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn extended_codes_are_classified_by_their_low_byte() {
        assert_eq!(by_sqlite_code(5 | (2 << 8)), StoreErrorKind::Unavailable);
        assert_eq!(by_sqlite_code(8 | (1 << 8)), StoreErrorKind::ReadOnly);
        assert_eq!(by_sqlite_code(13), StoreErrorKind::Full);
        assert_eq!(by_sqlite_code(14), StoreErrorKind::NotPermitted);
        assert_eq!(by_sqlite_code(275), StoreErrorKind::Refused);
        assert_eq!(by_sqlite_code(1555), StoreErrorKind::Other);
    }
}
