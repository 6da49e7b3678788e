//! The database moves to another server: the old one vanishes without an error, or goes on as a read-only replica.

use super::account::{PASSWORD, Tokens, login, post, refresh, refreshed, register};
use super::serving::{Behind, Setup};
use super::wanted;
use crate::http::client::get;
use glowband_test_postgres::{Mute, PrivatePostgres, Proxy};
use serde_json::json;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

const CLIENTS: usize = 8;
/// How soon everything works again once the address leads to a database that takes changes.
const SOON: Duration = Duration::from_secs(5);

/// Two database servers, the second one a standby of the first one, behind one address.
struct Moving {
    old: PrivatePostgres,
    new: PrivatePostgres,
    proxy: Proxy,
    /// The name of the database on both.
    database: String,
    setup: Setup,
}

impl Moving {
    fn begin(name: &str) -> Self {
        let old = PrivatePostgres::start().unwrap_or_else(|error| panic!("{error}"));
        let url = old.fresh_database().unwrap_or_else(|error| panic!("{error}"));
        let database = url.rsplit_once('/').expect("a URL with a database").1.to_owned();
        let new = old.standby().unwrap_or_else(|error| panic!("{error}"));
        let (proxy, through) = Proxy::before(&url).unwrap_or_else(|error| panic!("{error}"));
        let setup = Setup::new(name, Behind::Sqlite).set("GLOWBAND_DATABASE", &through);
        Self { old, new, proxy, database, setup }
    }

    /// Waits until the standby has all changes, and makes it the primary.
    fn promote(&self) {
        let position = self.ask(&self.old, "SELECT pg_current_wal_lsn()");
        let began = Instant::now();
        while self.ask(&self.new, &format!("SELECT pg_last_wal_replay_lsn() >= '{position}'")) != "t" {
            assert!(began.elapsed() < Duration::from_secs(30), "the standby does not follow");
            sleep(Duration::from_millis(20));
        }
        self.new.promote().unwrap_or_else(|error| panic!("{error}"));
    }

    /// The answer of one of them, past the proxy.
    fn ask(&self, postgres: &PrivatePostgres, question: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.args(["--dbname", &postgres.url(&self.database), "--command", question]);
        let output = psql.output().expect("psql, as PostgreSQL brings it");
        assert!(output.status.success(), "{question}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Has clients refresh all the while; none of them is logged out. Returns how many answers were good, and how many 503.
    fn under_load(&self, server: SocketAddr, fault: impl FnOnce()) -> (u64, u64) {
        register(server, "ada@example.com");
        let logins: Vec<Tokens> = (0..CLIENTS).map(|_| login(server, "ada@example.com")).collect();
        let (over, good, unavailable) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            let clients: Vec<_> = logins
                .into_iter()
                .map(|tokens| scope.spawn(|| refresh_until(server, tokens, &over, &good, &unavailable)))
                .collect();
            // The clients end as well when the test has failed.
            let ended = Ended(&over);
            // All connections are in use by then.
            sleep(Duration::from_secs(1));
            fault();
            sleep(Duration::from_secs(1));
            drop(ended);
            for client in clients {
                refreshed(server, &client.join().expect("no client is refused").refresh);
            }
        });
        (good.into_inner(), unavailable.into_inner())
    }

    /// Waits until the server is ready, logs in and registers, and shows that this was done on the new database server.
    #[track_caller]
    fn is_good_soon(&self, server: SocketAddr) {
        let began = Instant::now();
        let (account, email) = (json!({"email": "ada@example.com", "password": PASSWORD}), "grace@example.com");
        // The pool replaces its connections at most once a second, so some may still lead to the old server.
        let mut good = 0;
        while good < 20 {
            let login = post(server, "/auth/login", None, &account).expect("an answer");
            assert!([200, 503].contains(&login.status), "{login:?}");
            if login.status == 200 && get(server, "/readyz", &[]).status == 200 {
                good += 1;
            } else {
                assert!(began.elapsed() < SOON, "not good after {:?}: {login:?}", began.elapsed());
                good = 0;
            }
        }
        // It stays so, on every connection.
        for _ in 0..20 {
            login(server, "ada@example.com");
        }
        register(server, email);
        let question = format!("SELECT count(*) FROM users WHERE email = '{email}'");
        assert_eq!(self.ask(&self.new, &question), "1", "on the new server");
        assert_eq!(self.ask(&self.old, &question), "0", "on the old server");
    }
}

/// Sets the flag when it is dropped.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn refresh_until(
    server: SocketAddr,
    mut tokens: Tokens,
    over: &AtomicBool,
    good: &AtomicU64,
    unavailable: &AtomicU64,
) -> Tokens {
    while !over.load(Ordering::Relaxed) {
        let answer = refresh(server, &tokens.refresh).expect("the server itself is there");
        match answer.status {
            200 => {
                tokens = Tokens::of(&answer);
                good.fetch_add(1, Ordering::Relaxed);
            }
            503 => {
                unavailable.fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_millis(50));
            }
            _ => panic!("{answer:?}"),
        }
    }
    tokens
}

/// The machine of the database has lost its power, and its address now belongs to another one.
#[test]
fn a_database_that_moved_to_another_host_is_found_within_seconds() {
    if !wanted() {
        return;
    }
    let moving = Moving::begin("moved");
    let server = moving.setup.start();
    let (good, unavailable) = moving.under_load(server.address, || {
        moving.proxy.mute_all(Mute::Both);
        moving.promote();
        moving.proxy.lead_to(moving.new.port());
        // What was opened until now stays silent for ever.
        moving.proxy.mute(Mute::Both);
        moving.is_good_soon(server.address);
    });
    println!("counted: database moved to a new host: {good} refreshes, {unavailable} answers 503, no user logged out");
}

/// After a failover the old primary goes on, and refuses changes with the error 25006.
#[test]
fn connections_to_a_database_that_takes_no_changes_any_more_are_replaced() {
    if !wanted() {
        return;
    }
    let moving = Moving::begin("read-only");
    let server = moving.setup.start();
    let (good, unavailable) = moving.under_load(server.address, || {
        // Connections stay open, and nothing on them is delayed.
        moving.ask(&moving.old, "ALTER SYSTEM SET default_transaction_read_only = on");
        moving.ask(&moving.old, "SELECT pg_reload_conf()");
        moving.promote();
        moving.proxy.lead_to(moving.new.port());
        moving.is_good_soon(server.address);
    });
    println!("counted: failover to a standby: {good} refreshes, {unavailable} answers 503, no user logged out");
}
