//! Names of refresh secrets in a SQLite file.

use super::{Acquaintance, judge};
use crate::database::SqliteFile;
use glowband_session::StoreError;
use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_scalar};

const REMEMBERED: &str = "SELECT name FROM refresh_secrets";
const REMEMBER: &str = "INSERT INTO refresh_secrets (name, met_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
const FORGET: &str = "DELETE FROM refresh_secrets";

pub(super) async fn remembered(file: &SqliteFile) -> Result<Vec<String>, StoreError> {
    Ok(query_scalar(REMEMBERED).fetch_all(file.file.readers()).await?)
}

/// The names in a file that may not have been brought up to date.
pub(crate) async fn look(connection: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    let table = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'refresh_secrets')";
    if query_scalar(table).fetch_one(&mut *connection).await? {
        return query_scalar(REMEMBERED).fetch_all(connection).await;
    }
    Ok(Vec::new())
}

pub(super) async fn meet(file: &SqliteFile, names: &[String]) -> Result<Acquaintance, StoreError> {
    // Another server that starts at the same time waits, and then meets the secrets of this one.
    let mut change = file.file.writer().begin_with("BEGIN IMMEDIATE").await?;
    let remembered: Vec<String> = query_scalar(REMEMBERED).fetch_all(&mut *change).await?;
    let verdict = judge(&remembered, names);
    if verdict == Acquaintance::Known {
        remember(&mut change, file.now(), names).await?;
    }
    change.commit().await?;
    Ok(verdict)
}

pub(super) async fn replace(file: &SqliteFile, names: &[String]) -> Result<(), StoreError> {
    let mut change = file.file.writer().begin_with("BEGIN IMMEDIATE").await?;
    query(FORGET).execute(&mut *change).await?;
    remember(&mut change, file.now(), names).await?;
    Ok(change.commit().await?)
}

async fn remember(change: &mut SqliteConnection, now: i64, names: &[String]) -> Result<(), StoreError> {
    for name in names {
        query(REMEMBER).bind(name.as_str()).bind(now).execute(&mut *change).await?;
    }
    Ok(())
}
