//! The file, and several who use it.

use super::{Folder, sessions};
use glowband_session::{How, Login, State};
use glowband_storage::SqliteDatabase;
use tokio::task::JoinSet;

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let database = SqliteDatabase::open(folder.path("sessions.sqlite")).await.unwrap();
    sessions(&database).open(Login::new("alice", "app")).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.itself()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3, "the file, its log and the log's index: {files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let folder = Folder::new();
    let path = folder.path("sessions.sqlite");
    let database = SqliteDatabase::open(&path).await.unwrap();
    let server = sessions(&database);
    let (alice, bob) =
        (server.open(Login::new("alice", "app")).await.unwrap(), server.open(Login::new("bob", "app")).await.unwrap());
    let newest = server.refresh(alice.token.as_str(), "app").await.unwrap();
    server.close(bob.session.id).await.unwrap().unwrap();
    let told = server.revoked_since(glowband_session::FeedCursor::START, 9).await.unwrap();
    database.close().await;
    assert!(server.refresh(newest.token.as_str(), "app").await.is_err_and(|error| error.refused().is_none()));

    let database = SqliteDatabase::open(&path).await.unwrap();
    let server = sessions(&database);
    assert_eq!(server.find(bob.session.id).await.unwrap().unwrap().session.state, State::Closed);
    assert_eq!(server.revoked_since(glowband_session::FeedCursor::START, 9).await.unwrap(), told);
    assert_eq!(server.refresh(alice.token.as_str(), "app").await.unwrap().how, How::Replayed);
    assert_eq!(server.refresh(newest.token.as_str(), "app").await.unwrap().how, How::Rotated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_share_a_file() {
    let folder = Folder::new();
    let path = folder.path("sessions.sqlite");
    let servers = [SqliteDatabase::open(&path).await.unwrap(), SqliteDatabase::open(&path).await.unwrap()];
    let servers = servers.each_ref().map(sessions);
    let mut newest = servers[0].open(Login::new("alice", "app")).await.unwrap().token;
    for _ in 0..5 {
        let mut tasks = JoinSet::new();
        for server in servers.iter().cycle().take(40) {
            let (server, token) = (server.clone(), newest.clone());
            tasks.spawn(async move { server.refresh(token.as_str(), "app").await.unwrap() });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.how == How::Rotated).count(), 1);
        assert!(answers.iter().all(|answer| answer.token.as_str() == answers[0].token.as_str()));
        newest = answers[0].token.clone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_opens_a_new_file_first_the_others_find_it_ready() {
    let folder = Folder::new();
    let path = folder.path("sessions.sqlite");
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let path = path.clone();
        tasks.spawn(async move {
            let database = SqliteDatabase::open(path).await.unwrap();
            sessions(&database).open(Login::new("alice", "app")).await.unwrap();
        });
    }
    tasks.join_all().await;
    let database = SqliteDatabase::open(&path).await.unwrap();
    assert_eq!(sessions(&database).list("alice").await.unwrap().len(), 8);
}
