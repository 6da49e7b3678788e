//! The tables as numbered steps, each applied once.

use crate::database_error::{is_missing_table, store_error};
use glowband_session::{StoreError, StoreErrorKind};
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, MigrationType, Migrator};

/// The steps of one set of tables. Several sets may share a database; each has its own table that records the applied steps.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// The table that records which steps were applied, such as `_glowband_session_migrations`.
    pub table: &'static str,
    /// The steps in the order of their versions. A released step never changes.
    pub steps: &'static [Migration],
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number, from 1.
    pub version: i64,
    /// A short description.
    pub description: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// The tables of sessions in SQLite.
#[cfg(feature = "sqlite")]
pub const SESSION_SQLITE: Migrations = Migrations {
    table: "_glowband_session_migrations",
    steps: &[
        Migration {
            version: 1,
            description: "sessions",
            sql: include_str!("../migrations/sqlite/session/0001_sessions.sql"),
        },
        Migration {
            version: 2,
            description: "in doubt",
            sql: include_str!("../migrations/sqlite/session/0002_in_doubt.sql"),
        },
    ],
};

/// The tables of sessions in PostgreSQL.
#[cfg(feature = "postgres")]
pub const SESSION_POSTGRES: Migrations = Migrations {
    table: "_glowband_session_migrations",
    steps: &[
        Migration {
            version: 1,
            description: "sessions",
            sql: include_str!("../migrations/postgres/session/0001_sessions.sql"),
        },
        Migration {
            version: 2,
            description: "in doubt",
            sql: include_str!("../migrations/postgres/session/0002_in_doubt.sql"),
        },
    ],
};

/// All other tables of a login server in SQLite.
#[cfg(feature = "sqlite")]
pub const SERVER_SQLITE: Migrations = Migrations {
    table: "_glowband_server_migrations",
    steps: &[
        Migration {
            version: 1,
            description: "accounts",
            sql: include_str!("../migrations/sqlite/server/0001_accounts.sql"),
        },
        Migration {
            version: 2,
            description: "refresh secrets",
            sql: include_str!("../migrations/sqlite/server/0002_refresh_secrets.sql"),
        },
        Migration {
            version: 3,
            description: "known addresses",
            sql: include_str!("../migrations/sqlite/server/0003_known_addresses.sql"),
        },
    ],
};

/// All other tables of a login server in PostgreSQL.
#[cfg(feature = "postgres")]
pub const SERVER_POSTGRES: Migrations = Migrations {
    table: "_glowband_server_migrations",
    steps: &[
        Migration {
            version: 1,
            description: "accounts",
            sql: include_str!("../migrations/postgres/server/0001_accounts.sql"),
        },
        Migration {
            version: 2,
            description: "refresh secrets",
            sql: include_str!("../migrations/postgres/server/0002_refresh_secrets.sql"),
        },
        Migration {
            version: 3,
            description: "known addresses",
            sql: include_str!("../migrations/postgres/server/0003_known_addresses.sql"),
        },
    ],
};

impl Migrations {
    /// Checks that this program supports the steps that were applied to a database, whether all, some or none. Changes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreErrorKind::Schema`] if another program has applied other steps; the errors of the database.
    pub async fn check<C: Migrate>(&self, connection: &mut C) -> Result<(), StoreError> {
        let own = self.migrator();
        let checked = async {
            if let Some(version) = connection.dirty_version(self.table).await? {
                return Err(MigrateError::Dirty(version));
            }
            for applied in connection.list_applied_migrations(self.table).await? {
                match own.iter().find(|step| step.version == applied.version) {
                    None => return Err(MigrateError::VersionMissing(applied.version)),
                    Some(step) if step.checksum != applied.checksum => {
                        return Err(MigrateError::VersionMismatch(applied.version));
                    }
                    Some(_) => {}
                }
            }
            Ok(())
        };
        match checked.await {
            Err(MigrateError::Execute(error)) if is_missing_table(&error) => Ok(()),
            checked => checked.map_err(|error| self.explain(error)),
        }
    }

    /// Applies the missing steps. The caller ensures that no other program does so at the same time.
    pub(crate) async fn apply<C: Migrate>(&self, connection: &mut C, locking: bool) -> Result<(), StoreError> {
        let mut migrator = self.migrator();
        migrator.set_locking(locking);
        migrator.run_direct(None, connection, false).await.map_err(|error| self.explain(error))
    }

    fn migrator(&self) -> Migrator {
        let step = |step: &Migration| {
            let (description, sql) = (step.description.into(), step.sql.into_sql_str());
            sqlx::migrate::Migration::new(step.version, description, MigrationType::Simple, sql, false)
        };
        let mut migrator = Migrator::with_migrations(self.steps.iter().map(step).collect());
        migrator.dangerous_set_table_name(self.table);
        migrator
    }

    fn explain(&self, error: MigrateError) -> StoreError {
        let last = self.steps.last().map_or(0, |step| step.version);
        let schema = |text: String| StoreError::new(StoreErrorKind::Schema, text);
        match error {
            MigrateError::VersionMissing(found) if found > last => schema(format!(
                "the tables are at version {found} ({}); this program supports versions up to {last}: run the program that \
                 created version {found}, or a later one",
                self.table
            )),
            MigrateError::VersionMissing(found) => {
                schema(format!("version {found} ({}) is unknown to this program", self.table))
            }
            MigrateError::VersionMismatch(version) => {
                schema(format!("version {version} ({}) differs from the step of this program", self.table))
            }
            MigrateError::Dirty(version) => {
                schema(format!("version {version} ({}) was applied only in part", self.table))
            }
            MigrateError::Execute(error) => store_error(error),
            MigrateError::ExecuteMigration(error, version) => {
                let error = store_error(error);
                let text = format!("version {version} ({}) could not be applied: {error}", self.table);
                StoreError::new(error.kind(), text).with_cause(error)
            }
            other => schema(other.to_string()).with_cause(other),
        }
    }
}

#[cfg(all(test, feature = "postgres", feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_steps() {
        let names = |migrations: &Migrations| -> Vec<_> {
            migrations.steps.iter().map(|step| (step.version, step.description)).collect()
        };
        assert_eq!(names(&SESSION_SQLITE), names(&SESSION_POSTGRES));
        assert_eq!(names(&SERVER_SQLITE), names(&SERVER_POSTGRES));
        // The names of tables and columns, and their order, are the same; some types differ.
        let columns = |sql: &str| -> Vec<String> {
            let sql = sql.replace(" COLLATE \"C\"", "").replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB");
            let lines = sql.lines().filter(|line| line.starts_with("CREATE") || line.starts_with("    "));
            lines
                .map(|line| line.split_whitespace().take(3).filter(|word| !AFTER_TYPE.contains(word)).collect())
                .collect()
        };
        for (sqlite, postgres) in SERVER_SQLITE.steps.iter().zip(SERVER_POSTGRES.steps) {
            assert_eq!(columns(sqlite.sql), columns(postgres.sql));
        }
    }

    const AFTER_TYPE: &[&str] = &["NOT", "GENERATED"];
}
