//! The tables of this crate, step by step; twins for both databases.

use glowband_session::{Migration, Migrations};

const TABLE: &str = "_glowband_server_migrations";

pub(super) const SQLITE: Migrations = Migrations {
    table: TABLE,
    steps: &[Migration {
        version: 1,
        description: "accounts",
        sql: include_str!("../../migrations/sqlite/0001_accounts.sql"),
    }],
};

pub(super) const POSTGRES: Migrations = Migrations {
    table: TABLE,
    steps: &[Migration {
        version: 1,
        description: "accounts",
        sql: include_str!("../../migrations/postgres/0001_accounts.sql"),
    }],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_has_the_same_steps() {
        let names = |migrations: &Migrations| -> Vec<_> {
            migrations.steps.iter().map(|step| (step.version, step.description)).collect()
        };
        assert_eq!(names(&SQLITE), names(&POSTGRES));
        let columns = |sql: &str| -> Vec<String> {
            let lines = sql.lines().filter(|line| line.starts_with("CREATE") || line.starts_with("    "));
            lines.map(|line| line.split_whitespace().take(3).filter(|word| !KINDS.contains(word)).collect()).collect()
        };
        for (sqlite, postgres) in SQLITE.steps.iter().zip(POSTGRES.steps) {
            assert_eq!(columns(sqlite.sql), columns(postgres.sql));
        }
    }

    const KINDS: &[&str] = &["INTEGER", "BIGINT", "BLOB", "BYTEA", "NOT", "GENERATED"];
}
