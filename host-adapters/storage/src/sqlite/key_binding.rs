//! The table `refresh_secrets` in a SQLite file.

use super::{SqliteChange, SqliteStorage};
use crate::database_error::{DatabaseError, answer};
use crate::key_binding::{BindingRule, KeyBinding};
use glowband_session::StoreFuture;
use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_scalar};

const NAMES: &str = "SELECT name FROM refresh_secrets";
const ADD: &str = "INSERT INTO refresh_secrets (name, met_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
const DELETE_ALL: &str = "DELETE FROM refresh_secrets";

/// Reads the names from a file whose tables may not be up to date.
pub(super) async fn names_if_any(connection: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    let table = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'refresh_secrets')";
    if query_scalar(table).fetch_one(&mut *connection).await? {
        return query_scalar(NAMES).fetch_all(connection).await;
    }
    Ok(Vec::new())
}

impl SqliteStorage {
    async fn add_names(&self, change: &mut SqliteChange, names: &[String]) -> Result<(), DatabaseError> {
        for name in names {
            query(ADD).bind(name.as_str()).bind(self.now()).execute(&mut **change).await?;
        }
        Ok(())
    }
}

impl KeyBinding for SqliteStorage {
    fn names(&self) -> StoreFuture<'_, Vec<String>> {
        answer(async move { Ok(query_scalar(NAMES).fetch_all(self.readers()).await?) })
    }

    fn bind<'a>(&'a self, own: &'a [String], rule: BindingRule) -> StoreFuture<'a, bool> {
        answer(async move {
            // The write lock is held from here on: another server that starts at the same time waits.
            let mut change = self.database.change().await?;
            let bound: Vec<String> = query_scalar(NAMES).fetch_all(&mut *change).await?;
            let allowed = rule(&bound, own);
            if allowed {
                self.add_names(&mut change, own).await?;
            }
            change.commit().await?;
            Ok(allowed)
        })
    }

    fn replace<'a>(&'a self, own: &'a [String]) -> StoreFuture<'a, ()> {
        answer(async move {
            let mut change = self.database.change().await?;
            query(DELETE_ALL).execute(&mut *change).await?;
            self.add_names(&mut change, own).await?;
            Ok(change.commit().await?)
        })
    }
}
