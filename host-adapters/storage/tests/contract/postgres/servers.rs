//! Several servers on one database.

use super::{run, sessions};
use glowband_session::{FeedCursor, How, Login, RefreshError, Refused, SessionId, StoreErrorKind};
use glowband_storage::PostgresDatabase;
use glowband_test_postgres::wanted;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_rotate_once_between_them() {
    let Some(postgres) = wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    let databases = [PostgresDatabase::connect(&url).await.unwrap(), PostgresDatabase::connect(&url).await.unwrap()];
    let servers = databases.each_ref().map(sessions);
    let mut newest = servers[0].open(Login::new("alice", "app")).await.unwrap().token;
    for _ in 0..5 {
        let mut tasks = JoinSet::new();
        for server in servers.iter().cycle().take(200) {
            let (server, token) = (server.clone(), newest.clone());
            tasks.spawn(async move { server.refresh(token.as_str(), "app").await.unwrap() });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.how == How::Rotated).count(), 1);
        assert!(answers.iter().all(|answer| answer.token.as_str() == answers[0].token.as_str()));
        newest = answers[0].token.clone();
    }
}

/// The database stalls, a client gives up, and asks another server as soon as the stall ends: before the first server could
/// mark the rotation.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_second_try_at_another_server_right_after_a_stall_is_no_theft() {
    let Some(postgres) = wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    let databases = [PostgresDatabase::connect(&url).await.unwrap(), PostgresDatabase::connect(&url).await.unwrap()];
    let [one, other] = databases.each_ref().map(sessions);
    // The window is over in the row, as after a long stall.
    let stalled = async |token: &str| {
        let lost = one.refresh(token, "app").await.unwrap();
        sqlx::query("UPDATE sessions SET rotated_at = rotated_at - 13000").execute(databases[0].pool()).await.unwrap();
        lost
    };
    let opened = one.open(Login::new("alice", "app")).await.unwrap();
    let lost = stalled(opened.token.as_str()).await;
    one.doubt(&lost);
    let marking = tokio::spawn({
        let one = one.clone();
        async move {
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            one.settle_doubts().await
        }
    });
    let again = other.refresh(opened.token.as_str(), "app").await.unwrap();
    assert_eq!((again.how, again.token.as_str()), (How::Replayed, lost.token.as_str()));
    marking.await.unwrap().unwrap();

    // A predecessor that no server has in doubt counts as stolen after a second, an earlier generation immediately.
    let opened = one.open(Login::new("bob", "app")).await.unwrap();
    let second = stalled(opened.token.as_str()).await;
    let error = other.refresh(opened.token.as_str(), "app").await.unwrap_err();
    assert_eq!(error.refused(), Some(Refused::Reuse));
    assert_eq!(one.refresh(second.token.as_str(), "app").await.unwrap_err().refused(), Some(Refused::RevokedForReuse));
    let opened = one.open(Login::new("carol", "app")).await.unwrap();
    let second = stalled(opened.token.as_str()).await;
    one.refresh(second.token.as_str(), "app").await.unwrap();
    let asked = std::time::Instant::now();
    let error = other.refresh(opened.token.as_str(), "app").await.unwrap_err();
    assert_eq!(error.refused(), Some(Refused::Reuse));
    assert!(asked.elapsed() < std::time::Duration::from_millis(900), "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_starts_first_the_others_find_the_tables_ready() {
    let Some(postgres) = wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let url = url.clone();
        tasks.spawn(async move {
            let database = PostgresDatabase::connect(&url).await.unwrap();
            sessions(&database).open(Login::new("alice", "app")).await.unwrap();
        });
    }
    tasks.join_all().await;
    let server = sessions(&PostgresDatabase::connect(&url).await.unwrap());
    assert_eq!(server.list("alice").await.unwrap().len(), 8);
}

/// Whatever the database's own default is: a statement that waits must see what it waited for, not fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_is_serializable_by_default_makes_no_difference() {
    let Some(postgres) = wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    let name = url.rsplit_once('/').unwrap().1;
    let first = PostgresDatabase::connect(&url).await.unwrap();
    let serializable = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'");
    sqlx::query(sqlx::AssertSqlSafe(serializable)).execute(first.pool()).await.unwrap();
    let server = sessions(&PostgresDatabase::connect(&url).await.unwrap());
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let (server, token) = (server.clone(), opened.token.clone());
        tasks.spawn(async move { server.refresh(token.as_str(), "app").await.unwrap().how });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|how| **how == How::Rotated).count(), 1);
}

/// Keeps every end from being committed for a while that is never the same.
const SLOW_ENDS: &[&str] = &[
    "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END $$",
    "CREATE TRIGGER linger AFTER UPDATE ON sessions FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION linger()",
];

/// Four servers end sessions, one by one and all of a user at once, while a fifth follows the feed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_feed_misses_nothing_of_several_servers() {
    const USERS: usize = 4;
    const ROUNDS: usize = 10;
    let Some(postgres) = wanted() else { return };
    let url = postgres.fresh_database().unwrap();
    let database = PostgresDatabase::connect(&url).await.unwrap();
    for statement in SLOW_ENDS {
        run(&database, statement).await;
    }
    let follower = sessions(&database);
    let mut servers = JoinSet::new();
    for server in 0..4 {
        let database = PostgresDatabase::connect_with(&url, 4).await.unwrap();
        for user in 0..USERS {
            let (sessions, user) = (sessions(&database), format!("user-{server}-{user}"));
            servers.spawn(async move {
                let mut ended = Vec::new();
                for round in 0..ROUNDS {
                    let opened = sessions.open(Login::new(&user, "app")).await.unwrap().session.id;
                    match round % 5 {
                        0 => {}
                        4 => ended.extend(sessions.close_all(&user, None).await.unwrap()),
                        _ => ended.push(sessions.close(opened).await.unwrap().unwrap().id),
                    }
                }
                ended
            });
        }
    }
    let (mut seen, mut cursor, mut ended) = (Vec::<SessionId>::new(), FeedCursor::START, Vec::new());
    loop {
        while let Some(done) = servers.try_join_next() {
            ended.extend(done.unwrap());
        }
        // Asked before the look, so that the last look comes after the last end.
        let last_look = servers.is_empty();
        let page = follower.revoked_since(cursor, 1000).await.unwrap();
        assert!(page.revocations.iter().all(|entry| entry.cursor > cursor));
        seen.extend(page.revocations.iter().map(|entry| entry.session_id));
        cursor = page.next;
        if last_look && page.revocations.is_empty() {
            break;
        }
    }
    assert_eq!(ended.len(), 4 * USERS * ROUNDS);
    assert_eq!(seen.len(), ended.len(), "each is told once");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ended.into_iter().collect());
}

#[tokio::test]
async fn a_database_that_takes_no_changes_says_so() {
    let Some(postgres) = wanted() else { return };
    let database = PostgresDatabase::connect_with(&postgres.fresh_database().unwrap(), 1).await.unwrap();
    let server = sessions(&database);
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    // As on a replica: the one connection there is.
    run(&database, "SET default_transaction_read_only = on").await;
    match server.refresh(opened.token.as_str(), "app").await {
        Err(RefreshError::Store(error)) => assert_eq!(error.kind(), StoreErrorKind::ReadOnly, "{error}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.list("alice").await.unwrap().len(), 1);
}
