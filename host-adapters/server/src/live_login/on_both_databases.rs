use super::*;
use crate::accounts::Accounts;
use crate::database::places::{Place, on_both};
use crate::passwords::StoredPassword;
use glowband_session::Refreshed;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

async fn look_at(place: &Place, user: &User, opened: &Refreshed) -> LiveLogin {
    place.database.live_login(opened.session.id, &user.id).await.unwrap().expect("the login is open")
}

#[track_caller]
fn is_ended<T>(begun: Result<T, NotLive>) {
    assert!(matches!(begun, Err(NotLive::Ended)), "{:?}", begun.map(drop));
}

#[tokio::test]
async fn nothing_is_begun_in_the_name_of_a_login_that_has_ended() {
    on_both(async |place| {
        for ending in 0..7 {
            let user = place.user(&format!("{ending}@example.org")).await;
            let opened = place.login(&user).await;
            let login = look_at(place, &user, &opened).await;
            place.database.act(&login, Ends::All).await.unwrap().undo().await.unwrap();
            place.database.look(&login).await.unwrap().end().await.unwrap();
            let sessions = place.database.session_store();
            match ending {
                0 => drop(sessions.end(opened.session.id, Ending::Closed).await.unwrap()),
                1 => drop(sessions.end(opened.session.id, Ending::Burnt).await.unwrap()),
                2 => drop(sessions.end_all(&user.id, None).await.unwrap()),
                3 => drop(place.accounts().disable(&user.id).await.unwrap()),
                4 => assert!(place.accounts().delete(&user.id).await.unwrap()),
                // Idle for too long, and older than the absolute lifetime.
                5 => place.let_pass(14 * DAY).await,
                _ => place.let_pass(31 * DAY).await,
            }
            for ends in [Ends::Own, Ends::All, Ends::One(opened.session.id)] {
                is_ended(place.database.act(&login, ends).await);
            }
            is_ended(place.database.look(&login).await);
            let found = place.database.live_login(opened.session.id, &user.id).await.unwrap();
            assert!(found.is_none(), "ending {ending}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_began_before_a_new_password_is_not_done_after_it() {
    on_both(async |place| {
        let user = place.user("jane@example.org").await;
        let (own, other) = (place.login(&user).await, place.login(&user).await);
        let (before, ended) = (look_at(place, &user, &own).await, look_at(place, &user, &other).await);
        let mut act = place.database.act(&before, Ends::All).await.unwrap();
        Accounts::change_password(&mut act, &StoredPassword::from_database("new".to_owned())).await.unwrap();
        assert_eq!(act.end_others().await.unwrap(), 1);
        act.commit().await.unwrap();
        let begun = place.database.act(&before, Ends::Own).await;
        assert!(matches!(begun, Err(NotLive::Changed)), "{begun:?}");
        is_ended(place.database.act(&ended, Ends::Own).await);
        // The session that changed it goes on.
        let after = look_at(place, &user, &own).await;
        place.database.act(&after, Ends::Own).await.unwrap().undo().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_act_that_is_not_committed_does_nothing() {
    on_both(async |place| {
        let user = place.user("jane@example.org").await;
        let (own, other) = (place.login(&user).await, place.login(&user).await);
        let login = look_at(place, &user, &own).await;
        for dropped in [false, true] {
            let mut act = place.database.act(&login, Ends::All).await.unwrap();
            Accounts::change_password(&mut act, &StoredPassword::from_database("new".to_owned())).await.unwrap();
            assert_eq!(act.end_all().await.unwrap(), 2);
            if dropped {
                drop(act)
            } else {
                act.undo().await.unwrap()
            }
            look_at(place, &user, &other).await;
            assert_eq!(place.accounts().find(&user.id).await.unwrap().unwrap(), user);
        }
    })
    .await;
}

#[tokio::test]
async fn an_act_ends_sessions_of_its_own_user_alone() {
    on_both(async |place| {
        let (jane, joe) = (place.user("jane@example.org").await, place.user("joe@example.org").await);
        let (own, other, foreign) = (place.login(&jane).await, place.login(&jane).await, place.login(&joe).await);
        let login = look_at(place, &jane, &own).await;
        for (opened, expected) in [(&foreign, None), (&other, Some(other.session.id)), (&other, None)] {
            let mut act = place.database.act(&login, Ends::One(opened.session.id)).await.unwrap();
            assert_eq!(act.end(opened.session.id).await.unwrap(), expected);
            act.commit().await.unwrap();
        }
        let mut look = place.database.look(&login).await.unwrap();
        let listed: Vec<_> = look.sessions().await.unwrap().into_iter().map(|session| session.id).collect();
        assert_eq!(listed, [own.session.id]);
        look.end().await.unwrap();
        let mut act = place.database.act(&login, Ends::All).await.unwrap();
        assert_eq!(act.end_all().await.unwrap(), 1);
        act.commit().await.unwrap();
        look_at(place, &joe, &foreign).await;
        assert!(place.database.live_login(foreign.session.id, &jane.id).await.unwrap().is_none(), "another user's");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ending_waits_for_an_act_that_is_under_way() {
    on_both(async |place| {
        let user = place.user("jane@example.org").await;
        let (own, other) = (place.login(&user).await, place.login(&user).await);
        for ends in [Ends::Own, Ends::One(other.session.id), Ends::All] {
            let opened = place.login(&user).await;
            let login = look_at(place, &user, &opened).await;
            let act = place.database.act(&login, ends).await.unwrap();
            let (sessions, id) = (place.database.session_store(), opened.session.id);
            let ending = tokio::spawn(async move { sessions.end(id, Ending::Closed).await.unwrap() });
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(!ending.is_finished(), "{ends:?}");
            act.commit().await.unwrap();
            assert!(ending.await.unwrap().is_some());
            is_ended(place.database.act(&login, ends).await);
        }
        look_at(place, &user, &own).await;
    })
    .await;
}
