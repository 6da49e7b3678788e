use super::Database;
use super::places::{Place, on_both};
use crate::refresh_secrets;
use glowband_session::StoreErrorKind;

#[tokio::test]
async fn a_newer_schema_is_refused_and_named_and_nothing_is_lost() {
    on_both(async |place| {
        let user = place.user("jane@example.org").await;
        let later = "INSERT INTO _glowband_server_migrations (version, description, success, checksum, execution_time) \
            VALUES (99, 'of a later version', true, 'x', 0)";
        let later_in_bytes = "INSERT INTO _glowband_server_migrations (version, description, success, checksum, \
            execution_time) VALUES (99, 'of a later version', true, decode('00', 'hex'), 0)";
        let sqlite = matches!(place.database, Database::Sqlite(_));
        place.execute(if sqlite { later } else { later_in_bytes }).await.unwrap();
        let opened = open_again(place).await.unwrap_err();
        assert_eq!(opened.kind(), StoreErrorKind::Schema);
        let text = opened.to_string();
        assert!(text.contains("version 99") && text.contains("knows versions up to 3"), "{text}");
        place.execute("DELETE FROM _glowband_server_migrations WHERE version = 99").await.unwrap();
        let again = open_again(place).await.unwrap();
        assert_eq!(crate::accounts::Accounts::new(again.clone()).find(&user.id).await.unwrap(), Some(user));
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_and_nothing_is_lost() {
    on_both(async |place| {
        let user = place.user("jane@example.org").await;
        // As version 1 left it.
        place.execute("DROP TABLE known_addresses").await.unwrap();
        place.execute("DROP TABLE refresh_secrets").await.unwrap();
        place.execute("DELETE FROM _glowband_server_migrations WHERE version > 1").await.unwrap();
        let again = open_again(place).await.unwrap();
        assert_eq!(crate::accounts::Accounts::new(again.clone()).find(&user.id).await.unwrap(), Some(user));
        crate::known_addresses::KnownAddresses::new(again.clone()).prune().await.unwrap();
        let names = ["a name".to_owned()];
        assert_eq!(refresh_secrets::meet(&again, &names).await.unwrap(), refresh_secrets::Acquaintance::Known);
        again.close().await;
    })
    .await;
}

async fn open_again(place: &Place) -> Result<Database, glowband_session::StoreError> {
    match &place.database {
        Database::Sqlite(file) => Database::sqlite(file.file.path()).await,
        // Migrations look at the table anew for every handle.
        Database::Postgres(database) => {
            database.migrate(&super::migrations::POSTGRES).await?;
            Ok(Database::Postgres(database.clone()))
        }
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_in_words_and_without_the_password() {
    let place = Place::sqlite().await;
    let folder = place.path().unwrap();
    std::fs::write(folder.join("no.sqlite"), "this is no database, but a text that is long enough to be one").unwrap();
    for (path, kind, words) in [
        (folder.to_owned(), StoreErrorKind::NotPermitted, "unable to open"),
        (folder.join("nowhere/x.sqlite"), StoreErrorKind::Other, "No such file"),
        (folder.join("no.sqlite"), StoreErrorKind::Damaged, "file is not a database"),
    ] {
        let error = Database::sqlite(&path).await.unwrap_err();
        assert!(error.kind() == kind && error.to_string().contains(words), "{:?} {error}", error.kind());
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    for url in ["postgres://jane:hunter2@127.0.0.1:1/glowband", "postgres://jane:hunter2@127.0.0.1:x/glowband"] {
        let error = Database::postgres(url, 1).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
