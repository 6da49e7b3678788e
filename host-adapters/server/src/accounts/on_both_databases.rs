use super::*;
use crate::database::places::on_both;
use std::time::Duration;

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn stored(text: &str) -> StoredPassword {
    StoredPassword::from_database(text.to_owned())
}

fn nobody() -> UserId {
    UserId::random().unwrap()
}

#[tokio::test]
async fn an_address_has_one_account_in_whatever_spelling() {
    on_both(async |place| {
        let accounts = place.accounts();
        let user = accounts.create(&email("Jane@Example.org"), &stored("one")).await.unwrap().unwrap();
        assert_eq!((user.email.as_str(), user.disabled_at, user.epoch), ("Jane@example.org", None, 0));
        assert!(user.created_at.0 > 1_600_000_000_000 && user.password_changed_at == user.created_at);
        for spelling in ["jane@example.org", "JANE@EXAMPLE.ORG", "Jane@Example.org"] {
            assert_eq!(accounts.create(&email(spelling), &stored("two")).await.unwrap(), None);
            let found = accounts.find_by_email(&email(spelling)).await.unwrap().unwrap();
            assert_eq!((&found.user, found.password), (&user, stored("one")));
        }
        assert!(accounts.find_by_email(&email("jane@example.com")).await.unwrap().is_none());
        assert_eq!(accounts.find(&user.id).await.unwrap(), Some(user.clone()));
        assert_eq!(accounts.credentials(&user.id).await.unwrap().unwrap().password, stored("one"));
        assert_eq!(accounts.find(&nobody()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_registrations_at_once_one_has_the_address() {
    on_both(async |place| {
        let made: Vec<_> = (0..20)
            .map(|_| {
                let accounts = place.accounts();
                tokio::spawn(async move { accounts.create(&email("jane@example.org"), &stored("x")).await.unwrap() })
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
    on_both(async |place| {
        let accounts = place.accounts();
        let mut expected = Vec::new();
        for number in 0..7 {
            expected.push(place.user(&format!("{number}@example.org")).await);
            // Some in the same millisecond.
            if number % 3 == 0 {
                place.let_pass(Duration::from_secs(1)).await;
            }
        }
        let mut seen = Vec::new();
        loop {
            let page = accounts.list(seen.last().map(After::from), 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= 2);
            seen.extend(page);
        }
        assert!(seen.is_sorted_by_key(|user| (user.created_at, user.id.clone())));
        let names = |users: &[User]| {
            let mut names: Vec<_> = users.iter().map(|user| user.email.to_string()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&seen), names(&expected));
    })
    .await;
}

#[tokio::test]
async fn a_login_that_was_under_way_does_not_survive_a_change() {
    on_both(async |place| {
        let accounts = place.accounts();
        let user = place.user("jane@example.org").await;
        let other = place.user("joe@example.org").await;
        assert!(accounts.still(&user).await.unwrap());
        place.let_pass(Duration::from_secs(5)).await;
        let changed = accounts.set_password(&user.id, &stored("new")).await.unwrap().unwrap();
        assert!(changed.password_changed_at > changed.created_at && changed.epoch > user.epoch);
        assert!(!accounts.still(&user).await.unwrap() && accounts.still(&changed).await.unwrap());
        assert_eq!(accounts.credentials(&user.id).await.unwrap().unwrap().password, stored("new"));
        let reset = accounts.set_password(&user.id, &stored("reset")).await.unwrap().unwrap();
        assert!(!accounts.still(&changed).await.unwrap() && accounts.still(&reset).await.unwrap());

        let disabled = accounts.disable(&user.id).await.unwrap().unwrap();
        assert!(disabled.disabled_at.is_some() && !accounts.still(&reset).await.unwrap());
        assert!(!accounts.still(&disabled).await.unwrap());
        place.let_pass(Duration::from_secs(5)).await;
        let since = |user: &User| user.disabled_at.unwrap().since(user.created_at);
        let again = accounts.disable(&user.id).await.unwrap().unwrap();
        assert_eq!(since(&again), since(&disabled), "since the first time");
        let enabled = accounts.enable(&user.id).await.unwrap().unwrap();
        assert!(enabled.disabled_at.is_none() && accounts.still(&enabled).await.unwrap());
        assert!(!accounts.still(&reset).await.unwrap(), "not what began before");

        assert!(accounts.delete(&user.id).await.unwrap() && !accounts.delete(&user.id).await.unwrap());
        assert!(!accounts.still(&enabled).await.unwrap() && accounts.find(&user.id).await.unwrap().is_none());
        assert!(accounts.still(&other).await.unwrap());
        for nothing in [
            accounts.set_password(&user.id, &stored("x")).await.unwrap(),
            accounts.disable(&user.id).await.unwrap(),
            accounts.enable(&nobody()).await.unwrap(),
        ] {
            assert_eq!(nothing, None);
        }
        // The address is free again.
        assert_ne!(place.user("jane@example.org").await.id, user.id);
    })
    .await;
}

#[tokio::test]
async fn a_better_hash_takes_the_place_of_the_one_that_was_checked_and_of_no_other() {
    on_both(async |place| {
        let accounts = place.accounts();
        let user = accounts.create(&email("jane@example.org"), &stored("cheap")).await.unwrap().unwrap();
        assert!(accounts.rehash(&user.id, &stored("cheap"), &stored("dear")).await.unwrap());
        assert!(!accounts.rehash(&user.id, &stored("cheap"), &stored("late")).await.unwrap());
        assert_eq!(accounts.credentials(&user.id).await.unwrap().unwrap().password, stored("dear"));
        assert!(accounts.still(&user).await.unwrap(), "the password is the same");
    })
    .await;
}
