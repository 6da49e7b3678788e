//! Many refreshes with one token at once: one rotation, one successor, and the user stays logged in.

use super::account::{Tokens, refresh, refreshed, register};
use super::serving::{Behind, Setup};
use super::wanted;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Barrier;

const CLIENTS: usize = 200;

#[test]
fn two_hundred_at_once_on_sqlite_get_one_successor() {
    if wanted() {
        let server = Setup::new("parallel", Behind::Sqlite).only();
        let tokens = register(server.address, "ada@example.com");
        race(&[server.address], &tokens, "SQLite");
    }
}

#[test]
fn two_hundred_at_once_on_postgresql_get_one_successor() {
    if wanted() {
        let server = Setup::new("parallel", Behind::Postgres).only();
        let tokens = register(server.address, "ada@example.com");
        race(&[server.address], &tokens, "PostgreSQL");
    }
}

#[test]
fn two_servers_whose_clocks_differ_by_half_a_minute_agree() {
    if !wanted() {
        return;
    }
    // One issuer, wherever its tokens come from.
    let setup = Setup::new("two-servers", Behind::Postgres).set("GLOWBAND_PUBLIC_URL", "https://id.example");
    let (one, two) = (setup.start(), setup.beside().clock("+30s").start());
    let tokens = register(one.address, "ada@example.com");
    race(&[one.address, two.address], &tokens, "two servers on PostgreSQL");
    // By turns, each presents what the other gave, and presents it once more: within W nothing is theft.
    let mut newest = super::account::login(two.address, "ada@example.com");
    for turn in 0..20 {
        let (here, there) = if turn % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let next = refreshed(here.address, &newest.refresh);
        let again = refreshed(there.address, &newest.refresh);
        assert_eq!(next.refresh, again.refresh, "turn {turn}");
        // And what the one issued, the other takes.
        let answer = super::account::get(there.address, "/auth/me", &next.access).expect("an answer");
        assert_eq!(answer.status, 200, "turn {turn}: {answer:?}");
        newest = next;
    }
}

/// Every client presents the same token; what they get must be the one token that comes after it.
#[track_caller]
fn race(servers: &[SocketAddr], tokens: &Tokens, what: &str) {
    let start = Barrier::new(CLIENTS);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (start, server) = (&start, servers[client % servers.len()]);
                scope.spawn(move || {
                    start.wait();
                    refresh(server, &tokens.refresh)
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("no panic")).collect()
    });
    let mut successors = BTreeSet::new();
    for answer in answers {
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 200, "{answer:?}");
        successors.insert(Tokens::of(&answer).refresh);
    }
    let successors: Vec<_> = successors.into_iter().collect();
    assert_eq!(successors.len(), 1, "the family forks");
    assert_eq!(super::account::generation(&successors[0]), tokens.generation() + 1, "more than one rotation");
    let next = refreshed(servers[0], &successors[0]);
    assert_eq!(next.generation(), tokens.generation() + 2);
    println!("counted: {what}: {CLIENTS} refreshes at once, 1 rotation, 1 successor");
}
