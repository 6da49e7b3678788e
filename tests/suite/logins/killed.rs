//! `kill -9` at any moment: no session is lost, none comes back, no client with its newest token is refused.

use super::account::{Tokens, login, logout, refresh, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

const CLIENTS: u64 = 20;
const REFRESHES: u64 = 10_000;
const LEAVERS: u64 = 10;

#[test]
fn killed_during_ten_thousand_refreshes_on_sqlite() {
    killed(Behind::Sqlite);
}

#[test]
fn killed_during_ten_thousand_refreshes_on_postgresql() {
    killed(Behind::Postgres);
}

fn killed(behind: Behind) {
    if !wanted() {
        return;
    }
    // A dead server takes a while to come back on a loaded machine; a lost answer must still be in the window then.
    let mut setup = Setup::new("killed", behind).set("GLOWBAND_REPLAY_WINDOW", "60s");
    let mut server = setup.start();
    let address = server.address;
    setup.listen_on(address);
    register(address, "ada@example.com");
    let (staying, leaving): (Vec<_>, Vec<_>) = (0..CLIENTS + LEAVERS)
        .map(|client| (client, login(address, "ada@example.com")))
        .partition(|(client, _)| *client < CLIENTS);
    let (done, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut kills = 0;
    let ended: Vec<Tokens> = std::thread::scope(|scope| {
        let clients: Vec<_> = staying
            .into_iter()
            .map(|(_, tokens)| scope.spawn(|| keep_refreshing(address, tokens, REFRESHES / CLIENTS, &done)))
            .collect();
        let leavers: Vec<_> = leaving
            .into_iter()
            .map(|(client, tokens)| {
                let done = &done;
                scope.spawn(move || {
                    // One after the other, over the whole of the run.
                    while done.load(Ordering::Relaxed) < (client - CLIENTS) * REFRESHES / LEAVERS {
                        sleep(Duration::from_millis(5));
                    }
                    leave(address, tokens)
                })
            })
            .collect();
        let over = &over;
        let kills = &mut kills;
        let killer = scope.spawn(move || {
            let mut pause = 0x2545_f491_4f6c_dd1d_u64;
            while !over.load(Ordering::Relaxed) {
                pause ^= pause << 13;
                pause ^= pause >> 7;
                pause ^= pause << 17;
                sleep(Duration::from_millis(300 + pause % 1200));
                if over.load(Ordering::Relaxed) {
                    break;
                }
                server.signal("KILL");
                let _ = server.wait();
                server = setup.start();
                *kills += 1;
            }
            (server, setup)
        });
        let newest: Vec<_> = clients.into_iter().map(|client| client.join().expect("no client is refused")).collect();
        let gone: Vec<_> = leavers.into_iter().map(|leaver| leaver.join().expect("a logout succeeds")).collect();
        over.store(true, Ordering::Relaxed);
        let (server, setup) = killer.join().expect("the server comes back");
        assert_eq!(server.address, address);
        for tokens in &newest {
            let next = super::account::refreshed(address, &tokens.refresh);
            assert_eq!(next.session, tokens.session);
            assert_eq!(next.generation(), tokens.generation() + 1);
        }
        for tokens in &gone {
            refused(address, &tokens.refresh);
        }
        drop((server, setup));
        gone
    });
    assert_eq!(ended.len() as u64, LEAVERS);
    assert!(kills >= 2, "the server was killed {kills} times only");
    println!("counted: {behind:?}: {REFRESHES} refreshes of {CLIENTS} clients, {kills} kills, 0 lost, 0 revived");
}

/// Refreshes so often, each time with the newest token it has, asking again until there is an answer.
fn keep_refreshing(server: SocketAddr, mut tokens: Tokens, times: u64, done: &AtomicU64) -> Tokens {
    for _ in 0..times {
        let next = insist(|| {
            let answer = refresh(server, &tokens.refresh).ok()?;
            match answer.status {
                200 => Some(Tokens::of(&answer)),
                503 => None,
                _ => panic!("{answer:?}"),
            }
        });
        assert_eq!((next.session.as_str(), next.generation()), (tokens.session.as_str(), tokens.generation() + 1));
        tokens = next;
        done.fetch_add(1, Ordering::Relaxed);
    }
    tokens
}

/// Logs out, and asks again until it is said to have happened.
fn leave(server: SocketAddr, tokens: Tokens) -> Tokens {
    insist(|| {
        let answer = logout(server, &tokens.refresh).ok()?;
        match answer.status {
            204 => Some(()),
            503 => None,
            _ => panic!("{answer:?}"),
        }
    });
    tokens
}

/// Until there is an answer, for a minute at most.
pub(super) fn insist<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no answer for a minute");
        sleep(Duration::from_millis(20));
    }
}
