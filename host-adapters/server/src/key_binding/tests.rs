use super::{KeyBinding, check, names, replace};
use crate::database::test_database::TestDatabase;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn a_server_with_the_secret_of_the_logins_matches_and_another_does_not() {
    let database = TestDatabase::new().await;
    let check = async |own: &[&str]| check(&database.storage, &texts(own)).await.unwrap();
    // The first server counts before any user has logged in.
    assert_eq!(check(&["one"]).await, KeyBinding::Match);
    assert_eq!(check(&["other"]).await, KeyBinding::Mismatch);
    // One of several names is enough, and binds the others too.
    assert_eq!(check(&["other", "one"]).await, KeyBinding::Match);
    assert_eq!(check(&["other"]).await, KeyBinding::Match);
    assert_eq!(check(&["third"]).await, KeyBinding::Mismatch);
    assert_eq!(KeyBinding::of(&names(&database.storage).await.unwrap(), &texts(&["third"])), KeyBinding::Mismatch);

    replace(&database.storage, &texts(&["third"])).await.unwrap();
    assert_eq!(check(&["third"]).await, KeyBinding::Match);
    assert_eq!(check(&["one"]).await, KeyBinding::Mismatch);
}
