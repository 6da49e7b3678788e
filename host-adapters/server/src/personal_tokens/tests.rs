use super::*;
use crate::accounts::User;
use crate::database::test_database::TestDatabase;

async fn make(database: &TestDatabase, user: &User) -> PersonalToken {
    let token = PersonalToken::generate().unwrap();
    let new = NewPersonalToken { name: "backup", scope: Some("read"), lifetime: None, most: 50 };
    let mut act = database.act(user).await;
    PersonalTokens::insert(&mut act, &token, new).await.unwrap().unwrap();
    act.commit().await.unwrap();
    token
}

async fn list(database: &TestDatabase, user: &User) -> Vec<PersonalTokenRow> {
    let login = database.live_login(user).await;
    PersonalTokens::list(&mut login.look(&database.storage).await.unwrap()).await.unwrap()
}

/// The id of one token with the secret of another.
fn forged(id: &PersonalToken, secret: &PersonalToken) -> String {
    format!("gbp_{}_{}", id.id(), &secret.as_str()["gbp_0123456789abcdef_".len()..])
}

#[tokio::test]
async fn the_id_alone_is_not_enough() {
    let database = TestDatabase::new().await;
    let tokens = PersonalTokens::new(database.storage.clone());
    let jane = database.user("jane@example.org").await;
    let (token, other) = (make(&database, &jane).await, PersonalToken::generate().unwrap());
    assert!(tokens.verify(&token).await.unwrap().is_some());
    assert!(tokens.verify(&other).await.unwrap().is_none());
    // The checksum of a forged token is wrong, so it is not looked up.
    assert!(PersonalToken::parse(&forged(&token, &other)).is_err());
    // If the checksum were right, the digest would differ.
    let mut act = database.act(&jane).await;
    let wrong = glowband_storage::NewPersonalToken {
        id: other.id(),
        digest: [0; 32],
        name: "another digest",
        scope: None,
        lifetime: None,
        most: 50,
    };
    act.insert_personal_token(wrong).await.unwrap().unwrap();
    act.commit().await.unwrap();
    assert!(tokens.verify(&other).await.unwrap().is_none());
}

#[tokio::test]
async fn a_use_is_recorded_once_a_minute() {
    let database = TestDatabase::new().await;
    let tokens = PersonalTokens::new(database.storage.clone());
    let jane = database.user("jane@example.org").await;
    let token = make(&database, &jane).await;
    let used = async || list(&database, &jane).await[0].last_used_at.map(|at| at.since(jane.created_at).as_secs());
    assert_eq!(used().await, None);
    for (passed, expected) in [(0, 0), (59, 0), (1, 60), (30, 60), (30, 120)] {
        database.clock.advance(Duration::from_secs(passed));
        tokens.verify(&token).await.unwrap();
        assert_eq!(used().await, Some(expected));
    }
}
