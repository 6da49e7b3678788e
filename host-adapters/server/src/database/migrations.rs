//! The tables of this crate, step by step; twins for both databases.

use glowband_session::{Migration, Migrations};

const TABLE: &str = "_glowband_server_migrations";

pub(super) const SQLITE: Migrations = Migrations {
    table: TABLE,
    steps: &[
        Migration {
            version: 1,
            description: "accounts",
            sql: include_str!("../../migrations/sqlite/0001_accounts.sql"),
        },
        Migration {
            version: 2,
            description: "refresh secrets",
            sql: include_str!("../../migrations/sqlite/0002_refresh_secrets.sql"),
        },
        Migration {
            version: 3,
            description: "known addresses",
            sql: include_str!("../../migrations/sqlite/0003_known_addresses.sql"),
        },
    ],
};

pub(super) const POSTGRES: Migrations = Migrations {
    table: TABLE,
    steps: &[
        Migration {
            version: 1,
            description: "accounts",
            sql: include_str!("../../migrations/postgres/0001_accounts.sql"),
        },
        Migration {
            version: 2,
            description: "refresh secrets",
            sql: include_str!("../../migrations/postgres/0002_refresh_secrets.sql"),
        },
        Migration {
            version: 3,
            description: "known addresses",
            sql: include_str!("../../migrations/postgres/0003_known_addresses.sql"),
        },
    ],
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
        // What PostgreSQL calls otherwise; the names of tables and columns, and their order, are the same.
        let columns = |sql: &str| -> Vec<String> {
            let sql = sql.replace(" COLLATE \"C\"", "").replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB");
            let lines = sql.lines().filter(|line| line.starts_with("CREATE") || line.starts_with("    "));
            lines.map(|line| line.split_whitespace().take(3).filter(|word| !LATER.contains(word)).collect()).collect()
        };
        for (sqlite, postgres) in SQLITE.steps.iter().zip(POSTGRES.steps) {
            assert_eq!(columns(sqlite.sql), columns(postgres.sql));
        }
    }

    const LATER: &[&str] = &["NOT", "GENERATED"];
}
