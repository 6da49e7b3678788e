//! Tokens that come a second time: lost answers, thieves, forgers, and logouts that race.

use super::account::{forged, get, login, logout, post, refresh, refreshed, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use serde_json::json;
use std::thread::sleep;
use std::time::Duration;

const BOTH: [Behind; 2] = [Behind::Sqlite, Behind::Postgres];

/// W, short enough to be waited for.
const WINDOW: Duration = Duration::from_secs(2);

fn setup(name: &str, behind: Behind) -> Setup {
    Setup::new(name, behind).set("GLOWBAND_REPLAY_WINDOW", "2s")
}

#[test]
fn a_lost_answer_is_answered_again() {
    if !wanted() {
        return;
    }
    for behind in BOTH {
        let server = setup("lost", behind).only();
        let first = register(server.address, "ada@example.com");
        let lost = refreshed(server.address, &first.refresh);
        let again = refreshed(server.address, &first.refresh);
        assert_eq!(lost.refresh, again.refresh);
        // And the one that was lost works, if it arrives after all.
        refreshed(server.address, &lost.refresh);
    }
}

#[test]
fn a_replay_after_the_window_burns_the_session() {
    if !wanted() {
        return;
    }
    for behind in BOTH {
        let server = setup("window", behind).only();
        let first = register(server.address, "ada@example.com");
        let other = login(server.address, "ada@example.com");
        let second = refreshed(server.address, &first.refresh);
        sleep(WINDOW + Duration::from_millis(500));
        refused(server.address, &first.refresh);
        refused(server.address, &second.refresh);
        // The session's access token is worth nothing here any more; the account's other login is untouched.
        assert_eq!(get(server.address, "/auth/me", &second.access).expect("an answer").status, 401);
        refreshed(server.address, &other.refresh);
    }
}

#[test]
fn a_genuine_ancestor_burns_at_once() {
    if !wanted() {
        return;
    }
    for behind in BOTH {
        let server = setup("ancestor", behind).only();
        let first = register(server.address, "ada@example.com");
        let second = refreshed(server.address, &first.refresh);
        let third = refreshed(server.address, &second.refresh);
        refused(server.address, &first.refresh);
        refused(server.address, &third.refresh);
        refused(server.address, &second.refresh);
    }
}

#[test]
fn a_forged_token_burns_nothing() {
    if !wanted() {
        return;
    }
    for behind in BOTH {
        let server = setup("forged", behind).only();
        let first = register(server.address, "ada@example.com");
        let second = refreshed(server.address, &first.refresh);
        for token in [&first, &second] {
            refused(server.address, &forged(&token.refresh));
        }
        for nonsense in ["", "gbr_", "gbr_AAAA", "not a token", &"gbr_".repeat(1000)] {
            let answer = refresh(server.address, nonsense).expect("an answer");
            assert!(matches!(answer.status, 400 | 401 | 422), "{nonsense}: {answer:?}");
        }
        refreshed(server.address, &second.refresh);
    }
}

#[test]
fn a_logout_that_races_a_refresh_leaves_nothing_alive() {
    if !wanted() {
        return;
    }
    for behind in BOTH {
        let server = setup("racing", behind).only();
        register(server.address, "ada@example.com");
        let (mut first, mut rounds) = (0, 0);
        for round in 0..40_u64 {
            let tokens = login(server.address, "ada@example.com");
            let answers = std::thread::scope(|scope| {
                let out = scope.spawn(|| {
                    sleep(Duration::from_micros(round * 100));
                    logout(server.address, &tokens.refresh)
                });
                let new: Vec<_> = (0..3).map(|_| scope.spawn(|| refresh(server.address, &tokens.refresh))).collect();
                let new: Vec<_> =
                    new.into_iter().map(|one| one.join().expect("no panic").expect("an answer")).collect();
                assert_eq!(out.join().expect("no panic").expect("an answer").status, 204);
                new
            });
            rounds += 1;
            for answer in answers {
                match answer.status {
                    200 => {
                        first += 1;
                        refused(server.address, &super::account::Tokens::of(&answer).refresh);
                    }
                    401 => assert_eq!(answer.json()["name"], "invalid_grant"),
                    _ => panic!("{answer:?}"),
                }
            }
            refused(server.address, &tokens.refresh);
        }
        assert!(first > 0, "no refresh ever came first, so nothing was tried");
        println!("counted: {behind:?}: {rounds} logouts raced 3 refreshes each, {first} came first, none lives on");
    }
}

#[test]
fn logging_out_everywhere_ends_every_login_but_no_other_users() {
    if !wanted() {
        return;
    }
    for behind in BOTH {
        let server = setup("everywhere", behind).only();
        let first = register(server.address, "ada@example.com");
        let second = login(server.address, "ada@example.com");
        let other = register(server.address, "grace@example.com");
        let answer = post(server.address, "/auth/logout-all", Some(&first.access), &json!({})).expect("an answer");
        assert_eq!(answer.status, 204, "{answer:?}");
        refused(server.address, &first.refresh);
        refused(server.address, &second.refresh);
        refreshed(server.address, &other.refresh);
    }
}
