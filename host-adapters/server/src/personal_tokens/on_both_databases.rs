use super::*;
use crate::accounts::User;
use crate::database::places::{Place, on_both};
use crate::live_login::Ends;

const DAY: Duration = Duration::from_secs(86_400);

fn new(name: &str) -> NewPersonalToken<'_> {
    NewPersonalToken { name, scope: Some("read"), lifetime: None, most: 50 }
}

async fn make(place: &Place, user: &User, new: NewPersonalToken<'_>) -> (PersonalToken, PersonalTokenRow) {
    let token = PersonalToken::generate().unwrap();
    let row = insert(place, user, &token, new).await.unwrap();
    (token, row)
}

async fn act(place: &Place, user: &User) -> Act {
    let session = place.login(user).await.session;
    let login = place.database.live_login(session.id, &user.id).await.unwrap().unwrap();
    place.database.act(&login, Ends::Own).await.unwrap()
}

async fn insert(
    place: &Place,
    user: &User,
    token: &PersonalToken,
    new: NewPersonalToken<'_>,
) -> Option<PersonalTokenRow> {
    let mut act = act(place, user).await;
    let row = PersonalTokens::insert(&mut act, token, new).await.unwrap();
    act.commit().await.unwrap();
    row
}

async fn revoke(place: &Place, user: &User, id: &str) -> Option<PersonalTokenRow> {
    let mut act = act(place, user).await;
    let row = PersonalTokens::revoke(&mut act, id).await.unwrap();
    act.commit().await.unwrap();
    row
}

async fn list(place: &Place, user: &User) -> Vec<PersonalTokenRow> {
    let session = place.login(user).await.session;
    let login = place.database.live_login(session.id, &user.id).await.unwrap().unwrap();
    PersonalTokens::list(&mut place.database.look(&login).await.unwrap()).await.unwrap()
}

/// The token with the secret of another.
fn forged(id: &PersonalToken, secret: &PersonalToken) -> String {
    format!("gbp_{}_{}", id.id(), &secret.as_str()["gbp_0123456789abcdef_".len()..])
}

#[tokio::test]
async fn a_token_is_good_until_it_is_revoked_or_expires() {
    on_both(async |place| {
        let tokens = PersonalTokens::new(place.database.clone());
        let (jane, joe) = (place.user("jane@example.org").await, place.user("joe@example.org").await);
        let (token, row) = make(place, &jane, new("backup")).await;
        assert_eq!((row.id.as_str(), row.name.as_str(), row.scope.as_deref()), (token.id(), "backup", Some("read")));
        assert_eq!((&row.user_id, row.expires_at, row.last_used_at), (&jane.id, None, None));
        assert_eq!(tokens.verify(&token).await.unwrap(), Some(row.clone()));

        let (short, short_row) = make(place, &jane, NewPersonalToken { lifetime: Some(DAY), ..new("short") }).await;
        assert_eq!(short_row.expires_at.unwrap().since(short_row.created_at), DAY);
        place.let_pass(DAY - Duration::from_secs(10)).await;
        assert!(tokens.verify(&short).await.unwrap().is_some());
        place.let_pass(Duration::from_secs(10)).await;
        assert_eq!(tokens.verify(&short).await.unwrap(), None);
        assert_eq!(list(place, &jane).await.len(), 2, "an expired one is shown");

        assert_eq!(revoke(place, &joe, token.id()).await, None, "only by its owner");
        assert_eq!(revoke(place, &jane, token.id()).await.unwrap().id, row.id);
        assert_eq!(revoke(place, &jane, token.id()).await, None);
        assert_eq!(tokens.verify(&token).await.unwrap(), None);
        assert_eq!(list(place, &jane).await.len(), 1);
        assert_eq!(revoke(place, &jane, "no such id").await, None);
    })
    .await;
}

#[tokio::test]
async fn the_id_alone_lets_nobody_in() {
    on_both(async |place| {
        let tokens = PersonalTokens::new(place.database.clone());
        let jane = place.user("jane@example.org").await;
        let (token, _) = make(place, &jane, new("backup")).await;
        let other = PersonalToken::generate().unwrap();
        assert!(tokens.verify(&other).await.unwrap().is_none());
        // A checksum does not fit a forged token, so that nobody looks it up.
        assert!(PersonalToken::parse(&forged(&token, &other)).is_err());
        // And if it did: the digest of another secret is not the one in the row.
        place
            .execute("UPDATE personal_tokens SET digest = (SELECT digest FROM opaque_tokens WHERE 1 = 0)")
            .await
            .unwrap_err();
        assert!(tokens.verify(&token).await.unwrap().is_some());
        let replaced = if matches!(place.database, Database::Sqlite(_)) {
            "UPDATE personal_tokens SET digest = zeroblob(32)"
        } else {
            "UPDATE personal_tokens SET digest = decode(repeat('00', 32), 'hex')"
        };
        place.execute(replaced).await.unwrap();
        assert!(tokens.verify(&token).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_disabled_user_has_no_good_token_and_a_deleted_one_has_none() {
    on_both(async |place| {
        let tokens = PersonalTokens::new(place.database.clone());
        let (jane, joe) = (place.user("jane@example.org").await, place.user("joe@example.org").await);
        let (token, _) = make(place, &jane, new("backup")).await;
        let (of_joe, _) = make(place, &joe, new("backup")).await;
        place.accounts().disable(&jane.id).await.unwrap();
        assert!(tokens.verify(&token).await.unwrap().is_none());
        place.accounts().enable(&jane.id).await.unwrap();
        assert!(tokens.verify(&token).await.unwrap().is_some());
        assert_eq!(tokens.revoke_all(&jane.id).await.unwrap(), 1);
        assert!(tokens.verify(&token).await.unwrap().is_none());
        place.accounts().delete(&joe.id).await.unwrap();
        assert!(tokens.verify(&of_joe).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn that_it_was_used_is_noted_once_a_minute() {
    on_both(async |place| {
        let tokens = PersonalTokens::new(place.database.clone());
        let jane = place.user("jane@example.org").await;
        let (token, row) = make(place, &jane, new("backup")).await;
        let used = async || list(place, &jane).await[0].last_used_at.map(|at| at.since(row.created_at));
        assert_eq!(used().await, None);
        tokens.verify(&token).await.unwrap();
        assert!(used().await.is_some());
        let writes =
            async || place.execute("UPDATE personal_tokens SET name = name WHERE last_used_at = 1").await.unwrap();
        place.let_pass(Duration::from_secs(61)).await;
        place.execute("UPDATE personal_tokens SET last_used_at = 1").await.unwrap();
        tokens.verify(&token).await.unwrap();
        assert_eq!(writes().await, 0, "the old note is replaced");
        let noted = list(place, &jane).await[0].last_used_at;
        for _ in 0..10 {
            tokens.verify(&token).await.unwrap();
        }
        assert_eq!(list(place, &jane).await[0].last_used_at, noted);
    })
    .await;
}

#[tokio::test]
async fn a_user_has_at_most_so_many_and_old_ones_are_removed() {
    on_both(async |place| {
        let tokens = PersonalTokens::new(place.database.clone());
        let jane = place.user("jane@example.org").await;
        let few = |name| NewPersonalToken { most: 2, lifetime: Some(DAY), ..new(name) };
        let (one, _) = make(place, &jane, few("one")).await;
        make(place, &jane, few("two")).await;
        let third = PersonalToken::generate().unwrap();
        assert_eq!(insert(place, &jane, &third, few("three")).await, None);
        revoke(place, &jane, one.id()).await;
        assert!(insert(place, &jane, &third, few("three")).await.is_some(), "a revoked one does not count");
        place.let_pass(2 * DAY + Duration::from_secs(10)).await;
        make(place, &jane, few("four")).await;
        make(place, &jane, new("five")).await;
        assert_eq!(tokens.prune(2 * DAY).await.unwrap(), 1, "what was revoked two days ago");
        assert_eq!(tokens.prune(DAY / 2).await.unwrap(), 2, "what expired a day ago");
        let names: Vec<_> = list(place, &jane).await.into_iter().map(|row| row.name).collect();
        assert!(names.len() == 2 && names.contains(&"four".to_owned()) && names.contains(&"five".to_owned()));
    })
    .await;
}
