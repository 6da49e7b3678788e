//! The contract of the table `users`.

use crate::test_database::{TestDatabase, on_both, user_id};
use glowband_storage::{NewUser, UserPosition, UserRow};
use std::time::Duration;

async fn password(database: &TestDatabase, user: &UserRow) -> String {
    database.storage.users().find(&user.id).await.unwrap().unwrap().password
}

async fn epoch(database: &TestDatabase, user: &UserRow) -> Option<i64> {
    database.storage.users().epoch(&user.id).await.unwrap()
}

#[tokio::test]
async fn an_address_has_one_account() {
    on_both(async |database| {
        let users = database.storage.users();
        let user = database.try_user("Jane@example.org", "one").await.unwrap();
        assert_eq!((user.email.as_str(), user.disabled_at, user.epoch), ("Jane@example.org", None, 0));
        assert!(user.created_at.0 > 1_600_000_000_000 && user.password_changed_at == user.created_at);
        for spelling in ["jane@example.org", "JANE@EXAMPLE.ORG", "Jane@Example.org"] {
            assert_eq!(database.try_user(spelling, "two").await, None);
        }
        let found = users.find_by_email("jane@example.org").await.unwrap().unwrap();
        assert_eq!((&found.user, found.password.as_str()), (&user, "one"));
        assert!(users.find_by_email("jane@example.com").await.unwrap().is_none());
        assert_eq!(users.find(&user.id).await.unwrap(), Some(found));
        assert_eq!(users.find(&user_id()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_registrations_at_once_one_gets_the_address() {
    on_both(async |database| {
        let made: Vec<_> = (0..20)
            .map(|_| {
                let storage = database.storage.clone();
                tokio::spawn(async move {
                    let id = user_id();
                    let email = "jane@example.org";
                    let new = NewUser { id: &id, email, email_key: email, password: "x" };
                    storage.users().create(new).await.unwrap()
                })
            })
            .collect();
        let mut users = 0;
        for made in made {
            users += usize::from(made.await.unwrap().is_some());
        }
        assert_eq!(users, 1);
    })
    .await;
}

#[tokio::test]
async fn pages_hold_every_user_once_the_oldest_first() {
    on_both(async |database| {
        let mut expected = Vec::new();
        for number in 0..7 {
            expected.push(database.user(&format!("{number}@example.org")).await);
            // Some in the same millisecond.
            if number % 3 == 0 {
                database.let_pass(Duration::from_secs(1)).await;
            }
        }
        let mut seen: Vec<UserRow> = Vec::new();
        loop {
            let after = seen.last().map(|user| UserPosition { created_at: user.created_at, id: user.id.clone() });
            let page = database.storage.users().list(after, 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= 2);
            seen.extend(page);
        }
        assert!(seen.is_sorted_by_key(|user| (user.created_at, user.id.clone())));
        let names = |users: &[UserRow]| {
            let mut names: Vec<_> = users.iter().map(|user| user.email.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&seen), names(&expected));
    })
    .await;
}

#[tokio::test]
async fn a_change_that_ends_all_logins_raises_the_epoch() {
    on_both(async |database| {
        let users = database.storage.users();
        let user = database.user("jane@example.org").await;
        let other = database.user("joe@example.org").await;
        assert_eq!(epoch(database, &user).await, Some(user.epoch));
        database.let_pass(Duration::from_secs(5)).await;
        let changed = users.set_password(&user.id, "new").await.unwrap().unwrap();
        assert!(changed.password_changed_at > changed.created_at && changed.epoch > user.epoch);
        assert_eq!(epoch(database, &user).await, Some(changed.epoch));
        assert_eq!(password(database, &user).await, "new");

        let disabled = users.disable(&user.id).await.unwrap().unwrap();
        assert!(disabled.disabled_at.is_some() && disabled.epoch > changed.epoch);
        assert_eq!(epoch(database, &user).await, None);
        database.let_pass(Duration::from_secs(5)).await;
        let since = |user: &UserRow| user.disabled_at.unwrap().since(user.created_at);
        let again = users.disable(&user.id).await.unwrap().unwrap();
        assert_eq!(since(&again), since(&disabled), "since the first time");
        let enabled = users.enable(&user.id).await.unwrap().unwrap();
        assert!(enabled.disabled_at.is_none() && enabled.epoch == again.epoch);
        assert_eq!(epoch(database, &user).await, Some(enabled.epoch));

        assert!(users.delete(&user.id).await.unwrap() && !users.delete(&user.id).await.unwrap());
        assert!(epoch(database, &user).await.is_none() && users.find(&user.id).await.unwrap().is_none());
        assert_eq!(epoch(database, &other).await, Some(other.epoch));
        for nothing in [
            users.set_password(&user.id, "x").await.unwrap(),
            users.disable(&user.id).await.unwrap(),
            users.enable(&user_id()).await.unwrap(),
        ] {
            assert_eq!(nothing, None);
        }
        // The address is free again.
        assert_ne!(database.user("jane@example.org").await.id, user.id);
    })
    .await;
}

#[tokio::test]
async fn a_new_hash_replaces_the_one_that_was_checked_and_no_other() {
    on_both(async |database| {
        let users = database.storage.users();
        let user = database.try_user("jane@example.org", "cheap").await.unwrap();
        assert!(users.rehash(&user.id, "cheap", "dear").await.unwrap());
        assert!(!users.rehash(&user.id, "cheap", "late").await.unwrap());
        assert_eq!(password(database, &user).await, "dear");
        assert_eq!(epoch(database, &user).await, Some(user.epoch), "the password is the same");
    })
    .await;
}

#[tokio::test]
async fn the_password_hash_is_not_shown() {
    let database = TestDatabase::sqlite().await;
    let user = database.try_user("jane@example.org", "$argon2id$hunter2").await.unwrap();
    let found = database.storage.users().find(&user.id).await.unwrap();
    assert!(!format!("{found:?}").contains("hunter2"));
}
