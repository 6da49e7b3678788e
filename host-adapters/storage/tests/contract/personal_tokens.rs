//! The contract of the table `personal_tokens`.

use crate::test_database::{TestDatabase, on_both};
use glowband_session::Timestamp;
use glowband_storage::{NewPersonalToken, PersonalTokenRow, UserRow};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn new<'a>(id: &'a str, name: &'a str) -> NewPersonalToken<'a> {
    NewPersonalToken { id, digest: [7; 32], name, scope: Some("read"), lifetime: None, most: 50 }
}

async fn insert(database: &TestDatabase, user: &UserRow, new: NewPersonalToken<'_>) -> Option<PersonalTokenRow> {
    let mut act = database.act(user).await;
    let row = act.insert_personal_token(new).await.unwrap();
    act.commit().await.unwrap();
    row
}

async fn revoke(database: &TestDatabase, user: &UserRow, id: &str) -> Option<PersonalTokenRow> {
    let mut act = database.act(user).await;
    let row = act.revoke_personal_token(id).await.unwrap();
    act.commit().await.unwrap();
    row
}

async fn list(database: &TestDatabase, user: &UserRow) -> Vec<PersonalTokenRow> {
    let session = database.login(user).await.session;
    let login = database.live_login(session.id, user).await;
    let mut look = database.storage.live_logins().look(&login).await.unwrap();
    let rows = look.personal_tokens().await.unwrap();
    look.end().await.unwrap();
    rows
}

async fn found(database: &TestDatabase, id: &str) -> Option<PersonalTokenRow> {
    database.storage.personal_tokens().find(id).await.unwrap().map(|found| found.row)
}

#[tokio::test]
async fn a_token_is_found_until_it_is_revoked_or_expires() {
    on_both(async |database| {
        let (jane, joe) = (database.user("jane@example.org").await, database.user("joe@example.org").await);
        let row = insert(database, &jane, new("token", "backup")).await.unwrap();
        assert_eq!((row.id.as_str(), row.name.as_str(), row.scope.as_deref()), ("token", "backup", Some("read")));
        assert_eq!((&row.user_id, row.expires_at, row.last_used_at), (&jane.id, None, None));
        let first = database.storage.personal_tokens().find("token").await.unwrap().unwrap();
        assert_eq!((&first.row, first.digest.as_slice()), (&row, [7; 32].as_slice()));
        assert!(first.now >= row.created_at && !format!("{first:?}").contains("7, 7"));

        let short = NewPersonalToken { lifetime: Some(DAY), ..new("short", "short") };
        let short = insert(database, &jane, short).await.unwrap();
        assert_eq!(short.expires_at.unwrap().since(short.created_at), DAY);
        database.let_pass(DAY - Duration::from_secs(10)).await;
        assert!(found(database, "short").await.is_some());
        database.let_pass(Duration::from_secs(10)).await;
        assert_eq!(found(database, "short").await, None);
        assert_eq!(list(database, &jane).await.len(), 2, "an expired one is listed");

        assert_eq!(revoke(database, &joe, "token").await, None, "only by its owner");
        assert_eq!(revoke(database, &jane, "token").await.unwrap().id, row.id);
        assert_eq!(revoke(database, &jane, "token").await, None);
        assert_eq!(found(database, "token").await, None);
        assert_eq!(list(database, &jane).await.len(), 1);
        assert_eq!(revoke(database, &jane, "no such id").await, None);
    })
    .await;
}

#[tokio::test]
async fn tokens_of_a_disabled_user_are_not_found_and_those_of_a_deleted_one_are_gone() {
    on_both(async |database| {
        let (users, tokens) = (database.storage.users(), database.storage.personal_tokens());
        let (jane, joe) = (database.user("jane@example.org").await, database.user("joe@example.org").await);
        insert(database, &jane, new("of jane", "backup")).await.unwrap();
        insert(database, &joe, new("of joe", "backup")).await.unwrap();
        users.disable(&jane.id).await.unwrap();
        assert!(found(database, "of jane").await.is_none());
        users.enable(&jane.id).await.unwrap();
        assert!(found(database, "of jane").await.is_some());
        assert!(!tokens.revoke(&joe.id, "of jane").await.unwrap());
        assert_eq!(tokens.revoke_all(&jane.id).await.unwrap(), 1);
        assert!(found(database, "of jane").await.is_none());
        assert!(tokens.revoke(&joe.id, "of joe").await.unwrap() && !tokens.revoke(&joe.id, "of joe").await.unwrap());
        insert(database, &joe, new("another", "backup")).await.unwrap();
        users.delete(&joe.id).await.unwrap();
        assert!(found(database, "another").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_latest_use_is_recorded() {
    on_both(async |database| {
        let tokens = database.storage.personal_tokens();
        let jane = database.user("jane@example.org").await;
        let row = insert(database, &jane, new("token", "backup")).await.unwrap();
        let (early, late) = (row.created_at, row.created_at.after(DAY));
        for (used, expected) in [(early, early), (late, late), (early, late), (Timestamp(0), late)] {
            tokens.record_use("token", used).await.unwrap();
            assert_eq!(list(database, &jane).await[0].last_used_at, Some(expected));
        }
    })
    .await;
}

#[tokio::test]
async fn a_user_has_at_most_so_many_and_old_ones_are_removed() {
    on_both(async |database| {
        let tokens = database.storage.personal_tokens();
        let jane = database.user("jane@example.org").await;
        let few = |name| NewPersonalToken { most: 2, lifetime: Some(DAY), ..new(name, name) };
        insert(database, &jane, few("one")).await.unwrap();
        insert(database, &jane, few("two")).await.unwrap();
        assert_eq!(insert(database, &jane, few("three")).await, None);
        revoke(database, &jane, "one").await;
        assert!(insert(database, &jane, few("three")).await.is_some(), "a revoked one does not count");
        database.let_pass(2 * DAY + Duration::from_secs(10)).await;
        insert(database, &jane, few("four")).await.unwrap();
        insert(database, &jane, new("five", "five")).await.unwrap();
        assert_eq!(tokens.prune(2 * DAY).await.unwrap(), 1, "what was revoked two days ago");
        assert_eq!(tokens.prune(DAY / 2).await.unwrap(), 2, "what expired a day ago");
        let names: Vec<_> = list(database, &jane).await.into_iter().map(|row| row.name).collect();
        assert!(names.len() == 2 && names.contains(&"four".to_owned()) && names.contains(&"five".to_owned()));
    })
    .await;
}
