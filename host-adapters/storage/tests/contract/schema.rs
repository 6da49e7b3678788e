//! Tables of earlier and later programs, and files that are not databases.

use crate::test_database::{TestDatabase, on_both};
use glowband_session::StoreErrorKind;
use glowband_storage::{PostgresStorage, SqliteStorage};
use std::time::Duration;

#[tokio::test]
async fn a_later_schema_is_refused_and_nothing_is_lost() {
    on_both(async |database| {
        let user = database.user("jane@example.org").await;
        let later = "INSERT INTO _glowband_server_migrations (version, description, success, checksum, execution_time) \
            VALUES (99, 'of a later version', true, 'x', 0)";
        let later_in_bytes = "INSERT INTO _glowband_server_migrations (version, description, success, checksum, \
            execution_time) VALUES (99, 'of a later version', true, decode('00', 'hex'), 0)";
        database.execute(if database.is_sqlite() { later } else { later_in_bytes }).await.unwrap();
        let error = database.open_again().await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Schema);
        let text = error.to_string();
        assert!(text.contains("version 99") && text.contains("up to 3"), "{text}");
        database.execute("DELETE FROM _glowband_server_migrations WHERE version = 99").await.unwrap();
        let again = database.open_again().await.unwrap();
        assert_eq!(again.users().find(&user.id).await.unwrap().unwrap().user, user);
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_earlier_schema_is_brought_up_to_date_and_nothing_is_lost() {
    on_both(async |database| {
        let user = database.user("jane@example.org").await;
        // The tables as version 1 left them.
        database.execute("DROP TABLE known_addresses").await.unwrap();
        database.execute("DROP TABLE refresh_secrets").await.unwrap();
        database.execute("DELETE FROM _glowband_server_migrations WHERE version > 1").await.unwrap();
        let again = database.open_again().await.unwrap();
        assert_eq!(again.users().find(&user.id).await.unwrap().unwrap().user, user);
        assert_eq!(again.known_addresses().prune(Duration::ZERO).await.unwrap(), 0);
        again.key_binding().replace(&["a name".to_owned()]).await.unwrap();
        again.close().await;
    })
    .await;
}

/// Checksums of the steps: released steps never change, or existing databases could not be opened any more.
#[tokio::test]
async fn the_steps_are_those_that_existing_databases_have_applied() {
    let database = TestDatabase::sqlite().await;
    let applied = "SELECT count(*) FROM _glowband_server_migrations WHERE success \
        AND hex(substr(checksum, 1, 8)) IN ('1A5E6C0D3B6AEAD2', '5D80B65F8B24FAA9', '195A5969A5E7AFF6')";
    let of_sessions = "SELECT count(*) FROM _glowband_session_migrations WHERE success \
        AND hex(substr(checksum, 1, 8)) IN ('61EB6BAE17186731', '4879430F10B2B6BA')";
    assert_eq!(database.count(applied).await, 3);
    assert_eq!(database.count(of_sessions).await, 2);
}

#[tokio::test]
async fn an_error_of_opening_names_the_file_and_hides_the_password() {
    let database = TestDatabase::sqlite().await;
    let folder = database.folder().unwrap();
    std::fs::write(folder.join("no.sqlite"), "this is no database, but a text that is long enough to be one").unwrap();
    for (path, kind, words) in [
        (folder.to_owned(), StoreErrorKind::NotPermitted, "unable to open"),
        (folder.join("nowhere/x.sqlite"), StoreErrorKind::Other, "No such file"),
        (folder.join("no.sqlite"), StoreErrorKind::Damaged, "file is not a database"),
    ] {
        let error = SqliteStorage::open(&path).await.unwrap_err();
        assert!(error.kind() == kind && error.to_string().contains(words), "{:?} {error}", error.kind());
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    for url in ["postgres://jane:hunter2@127.0.0.1:1/glowband", "postgres://jane:hunter2@127.0.0.1:x/glowband"] {
        let error = PostgresStorage::connect(url, 1).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
