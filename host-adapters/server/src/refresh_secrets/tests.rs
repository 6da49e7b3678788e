use super::{Acquaintance, meet, replace};
use crate::database::places::{Place, on_both};
use std::time::Duration;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_server_with_the_secret_of_the_logins_is_known_and_another_one_is_not() {
    on_both(async |place: &Place| {
        let meet = async |own: &[&str]| meet(&place.database, &names(own)).await.unwrap();
        assert_eq!(meet(&["one"]).await, Acquaintance::Known);
        let user = place.user("jane@example.org").await;
        place.login(&user).await;
        assert_eq!(meet(&["other"]).await, Acquaintance::Stranger);
        // One of several will do, and introduces the others.
        assert_eq!(meet(&["other", "one"]).await, Acquaintance::Known);
        assert_eq!(meet(&["other"]).await, Acquaintance::Known);
        assert_eq!(meet(&["third"]).await, Acquaintance::Stranger);

        replace(&place.database, &names(&["third"])).await.unwrap();
        assert_eq!(meet(&["third"]).await, Acquaintance::Known);
        assert_eq!(meet(&["one"]).await, Acquaintance::Stranger);
    })
    .await;
}

#[tokio::test]
async fn the_first_server_counts_before_anybody_has_logged_in() {
    on_both(async |place: &Place| {
        let meet = async |own: &[&str]| meet(&place.database, &names(own)).await.unwrap();
        assert_eq!(meet(&["one"]).await, Acquaintance::Known);
        assert_eq!(meet(&["other"]).await, Acquaintance::Stranger);
        let user = place.user("jane@example.org").await;
        place.login(&user).await;
        place.let_pass(Duration::from_secs(31 * 86_400)).await;
        assert_eq!(meet(&["other"]).await, Acquaintance::Stranger, "its next login would be as foreign as the last");
        assert_eq!(meet(&["one"]).await, Acquaintance::Known);
    })
    .await;
}

#[tokio::test]
async fn of_two_servers_that_start_at_once_with_other_secrets_one_is_known() {
    on_both(async |place: &Place| {
        let user = place.user("jane@example.org").await;
        place.login(&user).await;
        let starts: Vec<_> = (0..8)
            .map(|server| {
                let database = place.database.clone();
                tokio::spawn(async move { meet(&database, &names(&[&format!("server {server}")])).await.unwrap() })
            })
            .collect();
        let mut known = 0;
        for start in starts {
            known += usize::from(start.await.unwrap() == Acquaintance::Known);
        }
        assert_eq!(known, 1);
    })
    .await;
}
