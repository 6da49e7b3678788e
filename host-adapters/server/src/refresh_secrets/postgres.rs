//! Names of refresh secrets in a PostgreSQL database, by its own clock.

use super::{Acquaintance, judge};
use crate::database::postgres_now;
use glowband_session::{PostgresDatabase, StoreError};
use sqlx::postgres::PgConnection;
use sqlx::{query, query_scalar};

/// Another server that starts at the same time waits, and then meets the secrets of this one.
const ALONE: &str = "LOCK TABLE refresh_secrets IN EXCLUSIVE MODE";
const REMEMBERED: &str = "SELECT name FROM refresh_secrets";
const REMEMBER: &str = concat!(
    "INSERT INTO refresh_secrets (name, met_at) VALUES ($1, ",
    postgres_now!(),
    ") ON CONFLICT (name) DO NOTHING"
);
const FORGET: &str = "DELETE FROM refresh_secrets";

pub(super) async fn remembered(database: &PostgresDatabase) -> Result<Vec<String>, StoreError> {
    database.within_limit(query_scalar(REMEMBERED).fetch_all(database.pool())).await
}

/// The names in a database that may not have been brought up to date.
pub(crate) async fn look(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    if query_scalar("SELECT to_regclass('refresh_secrets') IS NOT NULL").fetch_one(&mut *connection).await? {
        return query_scalar(REMEMBERED).fetch_all(connection).await;
    }
    Ok(Vec::new())
}

pub(super) async fn meet(database: &PostgresDatabase, names: &[String]) -> Result<Acquaintance, StoreError> {
    let met = async {
        let mut change = database.pool().begin().await?;
        query(ALONE).execute(&mut *change).await?;
        let remembered: Vec<String> = query_scalar(REMEMBERED).fetch_all(&mut *change).await?;
        let verdict = judge(&remembered, names);
        if verdict == Acquaintance::Known {
            remember(&mut change, names).await?;
        }
        change.commit().await?;
        Ok::<_, sqlx::Error>(verdict)
    };
    database.within_limit(met).await
}

pub(super) async fn replace(database: &PostgresDatabase, names: &[String]) -> Result<(), StoreError> {
    let replaced = async {
        let mut change = database.pool().begin().await?;
        query(ALONE).execute(&mut *change).await?;
        query(FORGET).execute(&mut *change).await?;
        remember(&mut change, names).await?;
        change.commit().await
    };
    database.within_limit(replaced).await
}

async fn remember(change: &mut PgConnection, names: &[String]) -> sqlx::Result<()> {
    for name in names {
        query(REMEMBER).bind(name.as_str()).execute(&mut *change).await?;
    }
    Ok(())
}
