use super::*;
use crate::database::places::on_both;
use glowband_session::SessionId;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_token_is_void_in_the_moment_in_which_its_session_is() {
    on_both(async |place| {
        let tokens = OpaqueTokens::new(place.database.clone());
        let jane = place.user("jane@example.org").await;
        let (first, second) = (place.login(&jane).await.session, place.login(&jane).await.session);
        let (one, two) = (OpaqueToken::generate().unwrap(), OpaqueToken::generate().unwrap());
        tokens.insert(&one, &first, 10 * MINUTE).await.unwrap();
        tokens.insert(&two, &second, 10 * MINUTE).await.unwrap();
        let row = tokens.find(&one).await.unwrap().unwrap();
        assert_eq!((row.session_id, &row.user_id, row.client.as_str()), (first.id, &jane.id, "app"));
        assert_eq!((row.scope.as_deref(), row.expires_at.since(row.issued_at)), (Some("read write"), 10 * MINUTE));
        assert!(tokens.find(&OpaqueToken::generate().unwrap()).await.unwrap().is_none());

        place.sessions().close(first.id).await.unwrap();
        assert!(tokens.find(&one).await.unwrap().is_none());
        assert!(tokens.find(&two).await.unwrap().is_some());
        place.accounts().disable(&jane.id).await.unwrap();
        assert!(tokens.find(&two).await.unwrap().is_none());
        place.accounts().enable(&jane.id).await.unwrap();
        assert!(tokens.find(&two).await.unwrap().is_some());
        assert!(tokens.revoke(&two).await.unwrap() && !tokens.revoke(&two).await.unwrap());
        assert!(tokens.find(&two).await.unwrap().is_none());
        assert!(place.sessions().find(second.id).await.unwrap().unwrap().session.ended_at.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_token_expires_and_so_does_its_session() {
    on_both(async |place| {
        let tokens = OpaqueTokens::new(place.database.clone());
        let jane = place.user("jane@example.org").await;
        let session = place.login(&jane).await.session;
        let (short, long) = (OpaqueToken::generate().unwrap(), OpaqueToken::generate().unwrap());
        tokens.insert(&short, &session, 10 * MINUTE).await.unwrap();
        tokens.insert(&long, &session, 100 * 24 * 60 * MINUTE).await.unwrap();
        place.let_pass(10 * MINUTE - Duration::from_secs(10)).await;
        assert!(tokens.find(&short).await.unwrap().is_some());
        assert_eq!(tokens.prune().await.unwrap(), 0);
        place.let_pass(Duration::from_secs(10)).await;
        assert!(tokens.find(&short).await.unwrap().is_none());
        assert_eq!(tokens.prune().await.unwrap(), 1);
        assert!(tokens.find(&long).await.unwrap().is_some());
        // Idle for fourteen days.
        place.let_pass(14 * 24 * 60 * MINUTE).await;
        assert!(tokens.find(&long).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_token_of_nobody_or_of_no_session_is_not_good() {
    on_both(async |place| {
        let tokens = OpaqueTokens::new(place.database.clone());
        let jane = place.user("jane@example.org").await;
        let mut session = place.login(&jane).await.session;
        let (stray, kept) = (OpaqueToken::generate().unwrap(), OpaqueToken::generate().unwrap());
        tokens.insert(&kept, &session, MINUTE).await.unwrap();
        session.id = SessionId::from_bytes([7; 16]);
        tokens.insert(&stray, &session, MINUTE).await.unwrap();
        assert!(tokens.find(&stray).await.unwrap().is_none());
        assert!(tokens.find(&kept).await.unwrap().is_some());
        place.accounts().delete(&jane.id).await.unwrap();
        assert!(tokens.find(&kept).await.unwrap().is_none());
        assert!(!tokens.insert(&OpaqueToken::generate().unwrap(), &session, MINUTE).await.unwrap());
    })
    .await;
}
