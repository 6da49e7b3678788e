//! Older and newer schemas.

use super::{Folder, sessions};
use glowband_session::{Login, StoreErrorKind};
use glowband_storage::SqliteDatabase;
use glowband_storage::migrations::{Migration, Migrations};

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
async fn a_file_of_a_later_program_is_refused_and_left_alone() {
    let folder = Folder::new();
    let path = folder.path("sessions.sqlite");
    let database = SqliteDatabase::open(&path).await.unwrap();
    sessions(&database).open(Login::new("alice", "app")).await.unwrap();
    let later = "INSERT INTO _glowband_session_migrations (version, description, success, checksum, execution_time) \
        VALUES (99, 'later', TRUE, x'00', 0)";
    sqlx::query(later).execute(database.writer()).await.unwrap();
    database.close().await;
    let error = SqliteDatabase::open(&path).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Schema);
    let text = error.to_string();
    assert!(text.contains("version 99") && text.contains("up to 2") && text.contains("sessions.sqlite"), "{text}");
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_and_keeps_its_rows() {
    let folder = Folder::new();
    let database = SqliteDatabase::open(folder.path("sessions.sqlite")).await.unwrap();
    database.migrate(&OLD).await.unwrap();
    database.migrate(&OLD).await.unwrap();
    sqlx::query("INSERT INTO notes VALUES ('kept')").execute(database.writer()).await.unwrap();
    database.migrate(&NEW).await.unwrap();
    let kept: (String, String) =
        sqlx::query_as("SELECT text, author FROM notes").fetch_one(database.readers()).await.unwrap();
    assert_eq!(kept, ("kept".to_owned(), String::new()));
    assert_eq!(database.migrate(&OLD).await.unwrap_err().kind(), StoreErrorKind::Schema);
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_half_done() {
    let folder = Folder::new();
    let database = SqliteDatabase::open(folder.path("sessions.sqlite")).await.unwrap();
    database.migrate(&OLD).await.unwrap();
    let error = database.migrate(&Migrations { steps: &[FIRST, BROKEN], ..OLD }).await.unwrap_err();
    assert!(error.to_string().contains("version 2"), "{error}");
    let half = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'";
    assert_eq!(sqlx::query_scalar::<_, i64>(half).fetch_one(database.readers()).await.unwrap(), 0);
    database.migrate(&NEW).await.unwrap();
}

#[tokio::test]
async fn a_step_that_was_changed_afterwards_is_noticed() {
    let folder = Folder::new();
    let database = SqliteDatabase::open(folder.path("sessions.sqlite")).await.unwrap();
    database.migrate(&OLD).await.unwrap();
    let changed = Migrations { steps: &[Migration { sql: "CREATE TABLE notes (text TEXT)", ..FIRST }], ..OLD };
    assert_eq!(database.migrate(&changed).await.unwrap_err().kind(), StoreErrorKind::Schema);
}
