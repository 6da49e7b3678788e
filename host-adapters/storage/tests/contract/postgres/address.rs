//! URLs that lead nowhere.

use glowband_session::StoreErrorKind;
use glowband_storage::PostgresDatabase;
use glowband_test_postgres::wanted;
use std::time::{Duration, Instant};

async fn refused(url: &str, kind: StoreErrorKind) -> String {
    let asked = Instant::now();
    let error = PostgresDatabase::connect(url).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    format!("{error} {error:?}")
}

#[tokio::test]
async fn what_is_wrong_is_said_and_the_password_is_not() {
    let Some(postgres) = wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    let (before, after) = url.split_once("glowband:").unwrap();
    let (password, place) = after.split_once('@').unwrap();
    let text = refused(&format!("{before}glowband:hunter2@{place}"), StoreErrorKind::NotPermitted).await;
    assert!(text.contains("password") && !text.contains("hunter2"), "{text}");
    let text = refused(&format!("{before}stranger:{password}@{place}"), StoreErrorKind::NotPermitted).await;
    assert!(!text.contains(password), "{text}");
    let text = refused(&postgres.url("no_such_database"), StoreErrorKind::Schema).await;
    assert!(text.contains("no_such_database") && !text.contains(password), "{text}");
    // A port without a listener, and an address that does not answer.
    let text = refused("postgres://u:hunter2@127.0.0.1:1/d", StoreErrorKind::Unavailable).await;
    assert!(!text.contains("hunter2"), "{text}");
    let text = refused("postgres://u:hunter2@192.0.2.1/d", StoreErrorKind::Unavailable).await;
    assert!(!text.contains("hunter2"), "{text}");
    let database = PostgresDatabase::connect(&url).await.unwrap();
    assert!(!format!("{database:?}").contains(password));
}
