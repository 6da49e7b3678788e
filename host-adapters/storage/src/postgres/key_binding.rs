//! The table `refresh_secrets` in a PostgreSQL database.

use super::PostgresStorage;
use super::storage::now;
use crate::database_error::answer;
use crate::key_binding::{BindingRule, KeyBinding};
use glowband_session::StoreFuture;
use sqlx::postgres::PgConnection;
use sqlx::{query, query_scalar};

/// Another server that starts at the same time waits, and then reads the names of this one.
const LOCK: &str = "LOCK TABLE refresh_secrets IN EXCLUSIVE MODE";
const NAMES: &str = "SELECT name FROM refresh_secrets";
const ADD: &str =
    concat!("INSERT INTO refresh_secrets (name, met_at) VALUES ($1, ", now!(), ") ON CONFLICT (name) DO NOTHING");
const DELETE_ALL: &str = "DELETE FROM refresh_secrets";

/// Reads the names from a database whose tables may not be up to date.
pub(super) async fn names_if_any(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    if query_scalar("SELECT to_regclass('refresh_secrets') IS NOT NULL").fetch_one(&mut *connection).await? {
        return query_scalar(NAMES).fetch_all(connection).await;
    }
    Ok(Vec::new())
}

async fn add_names(change: &mut PgConnection, names: &[String]) -> sqlx::Result<()> {
    for name in names {
        query(ADD).bind(name.as_str()).execute(&mut *change).await?;
    }
    Ok(())
}

impl KeyBinding for PostgresStorage {
    fn names(&self) -> StoreFuture<'_, Vec<String>> {
        answer(
            async move { Ok(self.database.within_limit(query_scalar(NAMES).fetch_all(self.database.pool())).await?) },
        )
    }

    fn bind<'a>(&'a self, own: &'a [String], rule: BindingRule) -> StoreFuture<'a, bool> {
        answer(async move {
            let bound = async {
                let mut change = self.database.pool().begin().await?;
                query(LOCK).execute(&mut *change).await?;
                let bound: Vec<String> = query_scalar(NAMES).fetch_all(&mut *change).await?;
                let allowed = rule(&bound, own);
                if allowed {
                    add_names(&mut change, own).await?;
                }
                change.commit().await?;
                Ok(allowed)
            };
            Ok(self.database.within_limit(bound).await?)
        })
    }

    fn replace<'a>(&'a self, own: &'a [String]) -> StoreFuture<'a, ()> {
        answer(async move {
            let replaced = async {
                let mut change = self.database.pool().begin().await?;
                query(LOCK).execute(&mut *change).await?;
                query(DELETE_ALL).execute(&mut *change).await?;
                add_names(&mut change, own).await?;
                change.commit().await
            };
            Ok(self.database.within_limit(replaced).await?)
        })
    }
}
