//! The contract of acts and looks in the name of a login.

use crate::test_database::on_both;
use glowband_session::Ending;
use glowband_storage::{Ends, NotLive};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

#[track_caller]
fn is_ended<T>(begun: Result<T, NotLive>) {
    assert!(matches!(begun, Err(NotLive::Ended)), "{:?}", begun.map(drop));
}

#[tokio::test]
async fn there_is_no_act_for_a_login_that_has_ended() {
    on_both(async |database| {
        for ending in 0..7 {
            let user = database.user(&format!("{ending}@example.org")).await;
            let opened = database.login(&user).await;
            let login = database.live_login(opened.session.id, &user).await;
            database.storage.live_logins().act(&login, Ends::All).await.unwrap().rollback().await.unwrap();
            database.storage.live_logins().look(&login).await.unwrap().end().await.unwrap();
            let sessions = database.storage.sessions();
            match ending {
                0 => drop(sessions.end(opened.session.id, Ending::Closed).await.unwrap()),
                1 => drop(sessions.end(opened.session.id, Ending::RevokedForReuse).await.unwrap()),
                2 => drop(sessions.end_all(&user.id, None).await.unwrap()),
                3 => drop(database.storage.users().disable(&user.id).await.unwrap()),
                4 => assert!(database.storage.users().delete(&user.id).await.unwrap()),
                // Idle for too long, and older than the absolute lifetime.
                5 => database.let_pass(14 * DAY).await,
                _ => database.let_pass(31 * DAY).await,
            }
            for ends in [Ends::Own, Ends::All, Ends::One(opened.session.id)] {
                is_ended(database.storage.live_logins().act(&login, ends).await);
            }
            is_ended(database.storage.live_logins().look(&login).await);
            let found = database.storage.live_logins().find(opened.session.id, &user.id).await.unwrap();
            assert!(found.is_none(), "ending {ending}");
        }
    })
    .await;
}

#[tokio::test]
async fn there_is_no_act_after_a_new_password() {
    on_both(async |database| {
        let user = database.user("jane@example.org").await;
        let (own, other) = (database.login(&user).await, database.login(&user).await);
        let (before, ended) =
            (database.live_login(own.session.id, &user).await, database.live_login(other.session.id, &user).await);
        let mut act = database.storage.live_logins().act(&before, Ends::All).await.unwrap();
        act.set_password("new").await.unwrap();
        assert_eq!(act.end_others().await.unwrap(), 1);
        act.commit().await.unwrap();
        let begun = database.storage.live_logins().act(&before, Ends::Own).await;
        assert!(matches!(begun, Err(NotLive::Changed)), "{begun:?}");
        is_ended(database.storage.live_logins().act(&ended, Ends::Own).await);
        // The session that changed it goes on.
        let after = database.live_login(own.session.id, &user).await;
        database.storage.live_logins().act(&after, Ends::Own).await.unwrap().rollback().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_act_that_is_not_committed_changes_nothing() {
    on_both(async |database| {
        let user = database.user("jane@example.org").await;
        let (own, other) = (database.login(&user).await, database.login(&user).await);
        let login = database.live_login(own.session.id, &user).await;
        for dropped in [false, true] {
            let mut act = database.storage.live_logins().act(&login, Ends::All).await.unwrap();
            act.set_password("new").await.unwrap();
            assert_eq!(act.end_all().await.unwrap(), 2);
            if dropped {
                drop(act)
            } else {
                act.rollback().await.unwrap()
            }
            database.live_login(other.session.id, &user).await;
            assert_eq!(database.storage.users().find(&user.id).await.unwrap().unwrap().user, user);
        }
    })
    .await;
}

#[tokio::test]
async fn an_act_ends_sessions_of_its_own_user_alone() {
    on_both(async |database| {
        let (jane, joe) = (database.user("jane@example.org").await, database.user("joe@example.org").await);
        let (own, other, foreign) =
            (database.login(&jane).await, database.login(&jane).await, database.login(&joe).await);
        let login = database.live_login(own.session.id, &jane).await;
        for (opened, expected) in [(&foreign, None), (&other, Some(other.session.id)), (&other, None)] {
            let mut act = database.storage.live_logins().act(&login, Ends::One(opened.session.id)).await.unwrap();
            assert_eq!(act.end(opened.session.id).await.unwrap(), expected);
            act.commit().await.unwrap();
        }
        let mut look = database.storage.live_logins().look(&login).await.unwrap();
        let listed: Vec<_> = look.sessions().await.unwrap().into_iter().map(|session| session.id).collect();
        assert_eq!(listed, [own.session.id]);
        look.end().await.unwrap();
        let mut act = database.storage.live_logins().act(&login, Ends::All).await.unwrap();
        assert_eq!(act.end_all().await.unwrap(), 1);
        act.commit().await.unwrap();
        database.live_login(foreign.session.id, &joe).await;
        assert!(
            database.storage.live_logins().find(foreign.session.id, &jane.id).await.unwrap().is_none(),
            "another user's"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ending_waits_for_an_act_in_progress() {
    on_both(async |database| {
        let user = database.user("jane@example.org").await;
        let (own, other) = (database.login(&user).await, database.login(&user).await);
        for ends in [Ends::Own, Ends::One(other.session.id), Ends::All] {
            let opened = database.login(&user).await;
            let login = database.live_login(opened.session.id, &user).await;
            let act = database.storage.live_logins().act(&login, ends).await.unwrap();
            let (sessions, id) = (database.storage.sessions(), opened.session.id);
            let ending = tokio::spawn(async move { sessions.end(id, Ending::Closed).await.unwrap() });
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(!ending.is_finished(), "{ends:?}");
            act.commit().await.unwrap();
            assert!(ending.await.unwrap().is_some());
            is_ended(database.storage.live_logins().act(&login, ends).await);
        }
        database.live_login(own.session.id, &user).await;
    })
    .await;
}
