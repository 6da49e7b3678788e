//! Opens the database that the settings name.

use crate::config::DatabaseUrl;
use glowband_session::{StoreError, StoreErrorKind};
use glowband_storage::{PostgresStorage, SqliteStorage, Storage};

/// Opens the database and migrates its tables. `connections` applies only to PostgreSQL: SQLite has one writer and a few
/// readers.
pub(crate) async fn open(url: &DatabaseUrl, connections: u32) -> Result<Storage, StoreError> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => SqliteStorage::open(path).await?.into(),
        DatabaseUrl::Postgres(url) => {
            PostgresStorage::connect(url.expose_text().unwrap_or_default(), connections).await?.into()
        }
    })
}

/// Returns the error for a value in a row that this program cannot have written.
pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Damaged, format!("invalid {what} in a row"))
}

#[cfg(test)]
pub(crate) mod test_database;
