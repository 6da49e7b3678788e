//! A schema in numbered steps, each applied once.

use crate::{StoreError, StoreErrorKind};
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, MigrationType, Migrator};

/// The steps of one crate's schema. Several crates may share a database, each with a table of its own that says which of
/// its steps were applied.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// The table that remembers what was applied: `_glowband_session_migrations`, for one.
    pub table: &'static str,
    /// The steps in the order of their versions; what was released is never changed.
    pub steps: &'static [Migration],
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number, from 1.
    pub version: i64,
    /// What it brings.
    pub description: &'static str,
    /// The statements.
    pub sql: &'static str,
}

impl Migrations {
    /// Applies what is missing. The caller sees to it that nobody else does so at the same time.
    pub(crate) async fn apply<C: Migrate>(&self, connection: &mut C, locking: bool) -> Result<(), StoreError> {
        let step = |step: &Migration| {
            let (description, sql) = (step.description.into(), step.sql.into_sql_str());
            sqlx::migrate::Migration::new(step.version, description, MigrationType::Simple, sql, false)
        };
        let mut migrator = Migrator::with_migrations(self.steps.iter().map(step).collect());
        migrator.dangerous_set_table_name(self.table);
        migrator.set_locking(locking);
        migrator.run_direct(None, connection, false).await.map_err(|error| self.explain(error))
    }

    fn explain(&self, error: MigrateError) -> StoreError {
        let last = self.steps.last().map_or(0, |step| step.version);
        let schema = |text: String| StoreError::new(StoreErrorKind::Schema, text);
        match error {
            MigrateError::VersionMissing(found) if found > last => schema(format!(
                "it is at version {found} ({}), and this program knows versions up to {last}: run the program that \
                 brought it there, or a later one",
                self.table
            )),
            MigrateError::VersionMissing(found) => {
                schema(format!("its version {found} ({}) is none of this program's", self.table))
            }
            MigrateError::VersionMismatch(version) => {
                schema(format!("its version {version} ({}) is not what this program means by it", self.table))
            }
            MigrateError::Dirty(version) => {
                schema(format!("its version {version} ({}) was applied in part only", self.table))
            }
            MigrateError::Execute(error) => StoreError::from(error),
            MigrateError::ExecuteMigration(error, version) => {
                let error = StoreError::from(error);
                let text = format!("version {version} ({}) could not be applied: {error}", self.table);
                StoreError::new(error.kind(), text).with_cause(error)
            }
            other => schema(other.to_string()).with_cause(other),
        }
    }
}
