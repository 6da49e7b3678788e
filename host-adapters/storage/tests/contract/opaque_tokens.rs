//! The contract of the table `opaque_tokens`.

use crate::test_database::{TestDatabase, on_both};
use glowband_session::{Session, SessionId};
use glowband_storage::{NewOpaqueToken, OpaqueTokenRow};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn insert(database: &TestDatabase, digest: u8, session: &Session, lifetime: Duration) -> bool {
    let new = NewOpaqueToken {
        digest: [digest; 32],
        session_id: session.id,
        user_id: &session.user_id,
        client: &session.client,
        scope: session.scope.as_deref(),
        lifetime,
    };
    database.storage.opaque_tokens().insert(new).await.unwrap()
}

async fn find(database: &TestDatabase, digest: u8) -> Option<OpaqueTokenRow> {
    database.storage.opaque_tokens().find([digest; 32]).await.unwrap()
}

#[tokio::test]
async fn a_token_ends_with_its_session() {
    on_both(async |database| {
        let jane = database.user("jane@example.org").await;
        let (first, second) = (database.login(&jane).await.session, database.login(&jane).await.session);
        assert!(insert(database, 1, &first, 10 * MINUTE).await && insert(database, 2, &second, 10 * MINUTE).await);
        let row = find(database, 1).await.unwrap();
        assert_eq!((row.session_id, &row.user_id, row.client.as_str()), (first.id, &jane.id, "app"));
        assert_eq!((row.scope.as_deref(), row.expires_at.since(row.issued_at)), (Some("read write"), 10 * MINUTE));
        assert!(find(database, 3).await.is_none());

        database.sessions().close(first.id).await.unwrap();
        assert!(find(database, 1).await.is_none());
        assert!(find(database, 2).await.is_some());
        let users = database.storage.users();
        users.disable(&jane.id).await.unwrap();
        assert!(find(database, 2).await.is_none());
        users.enable(&jane.id).await.unwrap();
        assert!(find(database, 2).await.is_some());
        let tokens = database.storage.opaque_tokens();
        assert!(tokens.delete([2; 32]).await.unwrap() && !tokens.delete([2; 32]).await.unwrap());
        assert!(find(database, 2).await.is_none());
        assert!(database.sessions().find(second.id).await.unwrap().unwrap().session.ended_at.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_token_expires_and_so_does_its_session() {
    on_both(async |database| {
        let tokens = database.storage.opaque_tokens();
        let jane = database.user("jane@example.org").await;
        let session = database.login(&jane).await.session;
        insert(database, 1, &session, 10 * MINUTE).await;
        insert(database, 2, &session, 100 * 24 * 60 * MINUTE).await;
        database.let_pass(10 * MINUTE - Duration::from_secs(10)).await;
        assert!(find(database, 1).await.is_some());
        assert_eq!(tokens.prune().await.unwrap(), 0);
        database.let_pass(Duration::from_secs(10)).await;
        assert!(find(database, 1).await.is_none());
        assert_eq!(tokens.prune().await.unwrap(), 1);
        assert!(find(database, 2).await.is_some());
        // Idle for fourteen days.
        database.let_pass(14 * 24 * 60 * MINUTE).await;
        assert!(find(database, 2).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_token_needs_a_session_and_a_user() {
    on_both(async |database| {
        let jane = database.user("jane@example.org").await;
        let mut session = database.login(&jane).await.session;
        insert(database, 1, &session, MINUTE).await;
        session.id = SessionId::from_bytes([7; 16]);
        insert(database, 2, &session, MINUTE).await;
        assert!(find(database, 2).await.is_none());
        assert!(find(database, 1).await.is_some());
        database.storage.users().delete(&jane.id).await.unwrap();
        assert!(find(database, 1).await.is_none());
        assert!(!insert(database, 3, &session, MINUTE).await);
    })
    .await;
}
