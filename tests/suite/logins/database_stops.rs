//! PostgreSQL stops under load, and comes back: 503 with `Retry-After` meanwhile, and no manual work after.

use super::account::{Tokens, login, refresh, refreshed, register};
use super::killed::insist;
use super::serving::{Behind, Setup};
use super::wanted;
use crate::http::client::{get, send};
use glowband_test_postgres::PrivatePostgres;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

const CLIENTS: usize = 8;

#[test]
fn postgresql_stops_during_load_and_comes_back() {
    if !wanted() {
        return;
    }
    let postgres = PrivatePostgres::start().unwrap_or_else(|error| panic!("{error}"));
    let setup = Setup::new("stops", Behind::Sqlite).on(&postgres).set("GLOWBAND_REPLAY_WINDOW", "60s");
    let server = setup.start();
    let address = server.address;
    register(address, "ada@example.com");
    let tokens: Vec<_> = (0..CLIENTS).map(|_| login(address, "ada@example.com")).collect();
    let (over, good, unavailable) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let clients: Vec<_> = tokens
            .into_iter()
            .map(|tokens| scope.spawn(|| refresh_until(address, tokens, &over, &good, &unavailable)))
            .collect();
        for outage in 1..=2 {
            wait_for(&good, 50 * outage);
            postgres.stop().unwrap_or_else(|error| panic!("{error}"));
            wait_for(&unavailable, 3 * outage);
            // The process lives, and says that it is not ready, and why.
            assert_eq!(get(address, "/healthz", &[]).status, 200);
            let ready = get(address, "/readyz", &[]);
            assert_eq!(ready.status, 503, "{ready:?}");
            assert!(ready.body.contains("database"), "{ready:?}");
            let login = super::account::post(
                address,
                "/auth/login",
                None,
                &serde_json::json!({"email": "ada@example.com", "password": super::account::PASSWORD}),
            );
            let login = login.expect("an answer");
            assert_eq!(login.status, 503, "{login:?}");
            assert!(login.header("Retry-After").is_some(), "{login:?}");
            postgres.start_again().unwrap_or_else(|error| panic!("{error}"));
            let before = good.load(Ordering::Relaxed);
            wait_for(&good, before + 50);
        }
        over.store(true, Ordering::Relaxed);
        for client in clients {
            let newest = client.join().expect("no client is refused");
            refreshed(address, &newest.refresh);
        }
    });
    assert_eq!(get(address, "/readyz", &[]).status, 200);
    println!(
        "counted: PostgreSQL stopped twice under {CLIENTS} clients: {} refreshes, {} answers 503, no user logged out",
        good.load(Ordering::Relaxed),
        unavailable.load(Ordering::Relaxed)
    );
}

#[test]
fn a_server_without_its_database_says_so_at_the_start() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("unreachable", Behind::Sqlite)
        .set("GLOWBAND_DATABASE", "postgres://glowband:hush-hush@127.0.0.1:1/glowband");
    let ended = setup.fails();
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(75), "{words}");
    assert!(words.contains("127.0.0.1:1"), "{words}");
    assert!(!words.contains("hush-hush"), "{words}");
}

fn refresh_until(
    server: SocketAddr,
    mut tokens: Tokens,
    over: &AtomicBool,
    good: &AtomicU64,
    unavailable: &AtomicU64,
) -> Tokens {
    while !over.load(Ordering::Relaxed) {
        let next = insist(|| {
            let answer = refresh(server, &tokens.refresh).expect("the server itself is there");
            match answer.status {
                200 => Some(Tokens::of(&answer)),
                503 => {
                    let wait = answer.header("Retry-After").and_then(|seconds| seconds.parse::<u64>().ok());
                    assert!(wait.is_some_and(|seconds| seconds > 0), "{answer:?}");
                    unavailable.fetch_add(1, Ordering::Relaxed);
                    None
                }
                _ => panic!("{answer:?}"),
            }
        });
        assert_eq!(next.generation(), tokens.generation() + 1);
        tokens = next;
        good.fetch_add(1, Ordering::Relaxed);
    }
    tokens
}

#[track_caller]
fn wait_for(counter: &AtomicU64, at_least: u64) {
    let begun = Instant::now();
    while counter.load(Ordering::Relaxed) < at_least {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of {at_least}", counter.load(Ordering::Relaxed));
        sleep(Duration::from_millis(10));
    }
}

/// A liveness probe never asks the database.
#[test]
fn liveness_does_not_depend_on_the_database() {
    if !wanted() {
        return;
    }
    let postgres = PrivatePostgres::start().unwrap_or_else(|error| panic!("{error}"));
    let server = Setup::new("liveness", Behind::Sqlite).on(&postgres).only();
    postgres.stop().unwrap_or_else(|error| panic!("{error}"));
    let begun = Instant::now();
    assert_eq!(send(server.address, "GET", "/healthz", &[], None).expect("an answer").status, 200);
    assert_eq!(send(server.address, "GET", "/.well-known/jwks.json", &[], None).expect("an answer").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(1));
}
