//! Requests that race with the end of a login or an account: nothing survives the end, and no answer is 500.

use super::account::{PASSWORD, Tokens, get, post, refresh, register};
use super::serving::{Behind, Setup};
use super::wanted;
use crate::http::client::Answer;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// How often a password is changed beside creations of personal tokens.
const CHANGES: usize = 80;
/// How many logins create personal tokens meanwhile, and how many each of them creates at most.
const CREATORS: usize = 3;
const TOKENS_EACH: usize = 15;
/// How often an account is deleted or disabled beside all its requests.
const ENDS: usize = 60;

#[test]
fn a_password_change_leaves_no_personal_token_of_an_ended_login_on_sqlite() {
    if wanted() {
        change_beside_creations(Behind::Sqlite);
    }
}

#[test]
fn a_password_change_leaves_no_personal_token_of_an_ended_login_on_postgresql() {
    if wanted() {
        change_beside_creations(Behind::Postgres);
    }
}

#[test]
fn no_request_is_answered_500_beside_the_end_of_its_account_on_sqlite() {
    if wanted() {
        requests_beside_ends(Behind::Sqlite);
    }
}

#[test]
fn no_request_is_answered_500_beside_the_end_of_its_account_on_postgresql() {
    if wanted() {
        requests_beside_ends(Behind::Postgres);
    }
}

/// Passwords that are cheap to hash: they are not what is tried here.
fn setup(name: &str, behind: Behind) -> Setup {
    Setup::new(name, behind).set("GLOWBAND_ARGON2_MEMORY", "7MiB").set("GLOWBAND_ARGON2_ITERATIONS", "5")
}

fn change_beside_creations(behind: Behind) {
    let setup = setup("change", behind);
    let server = setup.start();
    let own = register(server.address, "ada@example.com");
    let mut password = PASSWORD.to_owned();
    let (mut created, mut refused) = (0, 0);
    for round in 0..CHANGES {
        let logins: Vec<Tokens> =
            (0..CREATORS).map(|_| login_with(server.address, "ada@example.com", &password)).collect();
        let next = format!("the password of round {round}");
        let body = json!({"current": password, "new": next, "revoke_tokens": true});
        std::thread::scope(|scope| {
            let creators: Vec<_> = logins
                .iter()
                .enumerate()
                .map(|(creator, login)| {
                    scope.spawn(move || create_until_refused(server.address, login, creator, TOKENS_EACH))
                })
                .collect();
            // The change falls on another moment of the creations in each round.
            sleep(Duration::from_millis(u64::try_from(round % 8).expect("small")));
            let changed = post(server.address, "/auth/password", Some(&own.access), &body).expect("an answer");
            assert_eq!(changed.status, 204, "{behind:?}, round {round}: {changed:?}");
            for creator in creators {
                let (good, ended) = creator.join().expect("no panic");
                created += good;
                refused += usize::from(ended);
            }
        });
        let left = get(server.address, "/auth/tokens", &own.access).expect("an answer");
        assert_eq!(left.status, 200, "{left:?}");
        let left = left.json();
        let live = left["tokens"].as_array().or_else(|| left.as_array()).unwrap_or_else(|| panic!("no list: {left}"));
        assert!(live.is_empty(), "{behind:?}, round {round}: a personal token outlived its login: {left}");
        password = next;
    }
    assert!(created > CHANGES && refused > 0, "no race: {created} tokens created, {refused} creators refused");
    println!(
        "counted: {behind:?}: {CHANGES} password changes beside {created} creations of personal tokens, none is left"
    );
}

/// Returns how many it has created, and whether it was refused in the end.
fn create_until_refused(server: SocketAddr, login: &Tokens, creator: usize, most: usize) -> (usize, bool) {
    for number in 0..most {
        let body = json!({"name": format!("{creator}.{number}"), "expires_in": 86_400});
        let answer = post(server, "/auth/tokens", Some(&login.access), &body).expect("an answer");
        match answer.status {
            201 => sleep(Duration::from_millis(2)),
            401 => return (number, true),
            _ => panic!("{answer:?}"),
        }
    }
    (most, false)
}

fn login_with(server: SocketAddr, email: &str, password: &str) -> Tokens {
    let answer = post(server, "/auth/login", None, &json!({"email": email, "password": password}));
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
    Tokens::of(&answer)
}

/// What each client does again and again until its account has ended.
#[derive(Clone, Copy, Debug)]
enum Act {
    RefreshForOpaque,
    Refresh,
    Create,
    ChangePassword,
    Login,
    Look,
    Revoke,
}

const ACTS: [Act; 12] = [
    // The ones that reach for a row which the deletion removes.
    Act::RefreshForOpaque,
    Act::RefreshForOpaque,
    Act::RefreshForOpaque,
    Act::RefreshForOpaque,
    Act::RefreshForOpaque,
    Act::RefreshForOpaque,
    Act::Refresh,
    Act::Create,
    Act::ChangePassword,
    Act::Login,
    Act::Look,
    Act::Revoke,
];

fn requests_beside_ends(behind: Behind) {
    let setup = setup("no-500", behind);
    let server = setup.start();
    let statuses = Mutex::new(BTreeMap::<u16, usize>::new());
    for round in 0..ENDS {
        let email = format!("user{round}@example.com");
        let first = register(server.address, &email);
        let mut logins: Vec<Tokens> = ACTS[1..].iter().map(|_| login_with(server.address, &email, PASSWORD)).collect();
        logins.push(first);
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (act, tokens) in ACTS.into_iter().zip(logins) {
                let (email, ended, statuses) = (&email, &ended, &statuses);
                scope.spawn(move || {
                    let mut tokens = tokens;
                    // Once more after the end.
                    let mut last = false;
                    while !last {
                        last = ended.load(Ordering::Relaxed);
                        let answer = once(server.address, act, &mut tokens, email).expect("an answer");
                        assert!(answer.status < 500, "{behind:?}, round {round}, {act:?}: {answer:?}");
                        *statuses.lock().expect("no panic").entry(answer.status).or_default() += 1;
                    }
                });
            }
            let end: &[&str] = match round % 4 {
                0 | 1 => &["users", "delete", &email, "--yes"],
                2 => &["users", "disable", &email],
                _ => &["users", "reset-password", &email, "--generate", "--revoke-tokens"],
            };
            let output = setup.run(end);
            ended.store(true, Ordering::Relaxed);
            assert!(output.status.success(), "{output:?}");
        });
    }
    let statuses = statuses.into_inner().expect("no panic");
    assert!(statuses.contains_key(&200) && statuses.contains_key(&401), "no race: {statuses:?}");
    println!("counted: {behind:?}: {ENDS} accounts ended beside their requests, answers by status {statuses:?}");
}

fn once(server: SocketAddr, act: Act, tokens: &mut Tokens, email: &str) -> io::Result<Answer> {
    let with_access = |path: &str, body: &Value| post(server, path, Some(&tokens.access), body);
    match act {
        Act::RefreshForOpaque => {
            let body = json!({"refresh_token": tokens.refresh, "access_token": "opaque"});
            let answer = post(server, "/auth/refresh", None, &body)?;
            if answer.status == 200 {
                *tokens = Tokens::of(&answer);
            }
            Ok(answer)
        }
        Act::Refresh => {
            let answer = refresh(server, &tokens.refresh)?;
            if answer.status == 200 {
                *tokens = Tokens::of(&answer);
            }
            Ok(answer)
        }
        Act::Create => with_access("/auth/tokens", &json!({"name": "ci"})),
        // To the same password, so that the other logins end and the rest goes on.
        Act::ChangePassword => with_access("/auth/password", &json!({"current": PASSWORD, "new": PASSWORD})),
        Act::Login => post(server, "/auth/login", None, &json!({"email": email, "password": PASSWORD})),
        Act::Look => get(server, "/auth/sessions", &tokens.access),
        Act::Revoke => post(server, "/auth/logout", None, &json!({"refresh_token": tokens.refresh})),
    }
}
