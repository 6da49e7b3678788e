use super::SqliteDatabase;
use super::sessions::STATEMENTS;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use std::path::PathBuf;

/// A file that is removed when the test is over.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("glowband-storage-{}-{name}", std::process::id()));
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}

async fn pragma(pool: &SqlitePool, name: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("PRAGMA {name}"))).fetch_one(pool).await.unwrap()
}

async fn rotator(database: &SqliteDatabase, statement: &'static str) -> SqliteRow {
    database.rotator().rows(|| sqlx::query(statement)).await.unwrap().remove(0)
}

#[tokio::test]
async fn only_rotations_do_not_wait_for_the_disk() {
    let file = Temporary::new("pragmas");
    let database = SqliteDatabase::open(&file.0).await.unwrap();
    const NORMAL: i64 = 1;
    const FULL: i64 = 2;
    assert_eq!(pragma(database.writer(), "synchronous").await, FULL);
    assert_eq!(rotator(&database, "PRAGMA synchronous").await.get::<i64, _>(0), NORMAL);
    for pool in [database.readers(), database.writer()] {
        assert_eq!(pragma(pool, "foreign_keys").await, 1);
        assert_eq!(pragma(pool, "busy_timeout").await, 5_000);
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
        assert_eq!(mode, "wal");
    }
    assert_eq!(rotator(&database, "PRAGMA busy_timeout").await.get::<i64, _>(0), 5_000);
    assert_eq!(rotator(&database, "PRAGMA journal_mode").await.get::<String, _>(0), "wal");
    assert_eq!(rotator(&database, "PRAGMA wal_autocheckpoint").await.get::<i64, _>(0), 4_000);
    assert_eq!(pragma(database.readers(), "query_only").await, 1);
}

#[tokio::test]
async fn no_statement_looks_through_the_whole_table() {
    let file = Temporary::new("plans");
    let database = SqliteDatabase::open(&file.0).await.unwrap();
    for statement in STATEMENTS {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let plan = sqlx::query(explain).fetch_all(database.readers()).await.unwrap();
        for step in plan.iter().map(|step| step.get::<String, _>("detail")) {
            let scans = step.starts_with("SCAN") && step != "SCAN session_feed";
            assert!(!scans, "{step}: {statement}");
            // What sorts reads all of it first; a user's sessions are few.
            assert!(!step.contains("TEMP B-TREE") || statement.contains("user_id = "), "{step}: {statement}");
        }
    }
}
