//! Older and newer schemas.

use super::{database, run, sessions};
use glowband_session::{Login, StoreErrorKind};
use glowband_storage::PostgresDatabase;
use glowband_storage::migrations::{Migration, Migrations};
use glowband_test_postgres::wanted;

const FIRST: Migration = Migration { version: 1, description: "notes", sql: "CREATE TABLE notes (text TEXT NOT NULL)" };
const SECOND: Migration = Migration {
    version: 2,
    description: "authors",
    sql: "ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT ''",
};
const BROKEN: Migration =
    Migration { version: 2, description: "broken", sql: "CREATE TABLE half (one TEXT); CREATE TABLE notes (one TEXT)" };
const OLD: Migrations = Migrations { table: "_notes_migrations", steps: &[FIRST] };
const NEW: Migrations = Migrations { steps: &[FIRST, SECOND], ..OLD };

#[tokio::test]
async fn a_database_of_a_later_program_is_refused_and_left_alone() {
    let Some(postgres) = wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    let database = PostgresDatabase::connect(&url).await.unwrap();
    sessions(&database).open(Login::new("alice", "app")).await.unwrap();
    let later = "INSERT INTO _glowband_session_migrations (version, description, success, checksum, execution_time) \
        VALUES (99, 'later', TRUE, '\\x00', 0)";
    run(&database, later).await;
    let error = PostgresDatabase::connect(&url).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Schema);
    let text = error.to_string();
    assert!(text.contains("version 99") && text.contains("up to 2"), "{text}");
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_and_keeps_its_rows() {
    let Some(database) = database().await else { return };
    database.migrate(&OLD).await.unwrap();
    database.migrate(&OLD).await.unwrap();
    run(&database, "INSERT INTO notes VALUES ('kept')").await;
    let error = database.migrate(&Migrations { steps: &[FIRST, BROKEN], ..OLD }).await.unwrap_err();
    assert!(error.to_string().contains("version 2"), "{error}");
    let half = "SELECT to_regclass('half') IS NULL";
    assert!(sqlx::query_scalar::<_, bool>(half).fetch_one(database.pool()).await.unwrap(), "half of a step was done");
    database.migrate(&NEW).await.unwrap();
    let kept: (String, String) =
        sqlx::query_as("SELECT text, author FROM notes").fetch_one(database.pool()).await.unwrap();
    assert_eq!(kept, ("kept".to_owned(), String::new()));
    assert_eq!(database.migrate(&OLD).await.unwrap_err().kind(), StoreErrorKind::Schema);
}

#[tokio::test]
async fn tables_that_are_gone_are_missed() {
    let Some(database) = database().await else { return };
    let server = sessions(&database);
    run(&database, "DROP TABLE sessions").await;
    let error = server.list("alice").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Schema, "{error}");
}
