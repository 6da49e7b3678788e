//! The contract of the table `refresh_secrets`.

use crate::test_database::on_both;
use glowband_storage::{PostgresStorage, SqliteStorage};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The rule of the login server.
fn one_is_bound(bound: &[String], own: &[String]) -> bool {
    bound.is_empty() || own.iter().any(|name| bound.contains(name))
}

#[tokio::test]
async fn names_are_added_if_the_rule_allows_it() {
    on_both(async |database| {
        let binding = database.storage.key_binding();
        let bind = async |own: &[&str]| binding.bind(&names(own), one_is_bound).await.unwrap();
        assert!(binding.names().await.unwrap().is_empty());
        assert!(bind(&["one"]).await);
        assert!(!bind(&["other"]).await);
        assert!(bind(&["other", "one"]).await);
        assert!(bind(&["other"]).await);
        assert!(!binding.bind(&names(&["third"]), |_, _| false).await.unwrap());
        let mut bound = binding.names().await.unwrap();
        bound.sort();
        assert_eq!(bound, ["one", "other"]);
        binding.replace(&names(&["third"])).await.unwrap();
        assert_eq!(binding.names().await.unwrap(), ["third"]);
        assert!(!bind(&["one"]).await);
    })
    .await;
}

#[tokio::test]
async fn of_several_servers_that_start_at_once_one_is_bound() {
    on_both(async |database| {
        let starts: Vec<_> = (0..8)
            .map(|server| {
                let storage = database.storage.clone();
                tokio::spawn(async move {
                    let own = [format!("server {server}")];
                    storage.key_binding().bind(&own, one_is_bound).await.unwrap()
                })
            })
            .collect();
        let mut bound = 0;
        for start in starts {
            bound += usize::from(start.await.unwrap());
        }
        assert_eq!(bound, 1);
    })
    .await;
}

#[tokio::test]
async fn an_inspection_reads_the_names_and_changes_nothing() {
    on_both(async |database| {
        database.storage.key_binding().replace(&names(&["one"])).await.unwrap();
        let Some(folder) = database.folder() else { return };
        assert_eq!(SqliteStorage::inspect(folder.join("tables.sqlite")).await.unwrap(), ["one"]);
        // A file without tables has no names, and gets no tables.
        let empty = folder.join("empty.sqlite");
        std::fs::write(&empty, "").unwrap();
        assert!(SqliteStorage::inspect(&empty).await.unwrap().is_empty());
        assert_eq!(std::fs::metadata(&empty).unwrap().len(), 0);
    })
    .await;
    let Some(postgres) = glowband_test_postgres::wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    assert!(PostgresStorage::inspect(&url).await.unwrap().is_empty());
    assert!(PostgresStorage::inspect(&url).await.unwrap().is_empty(), "no table was created");
    let storage = glowband_storage::Storage::from(PostgresStorage::connect(&url, 2).await.unwrap());
    storage.key_binding().replace(&names(&["one"])).await.unwrap();
    assert_eq!(PostgresStorage::inspect(&url).await.unwrap(), ["one"]);
}
