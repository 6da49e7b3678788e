//! Commits that wait for a standby that is not there: no client is logged out for the server's own silence.

use super::account::{Tokens, login, refreshed, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use crate::http::client::{Answer, read};
use glowband_test_postgres::PrivatePostgres;
use serde_json::json;
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

const CLIENTS: usize = 24;
/// How long commits wait: longer than the replay window.
const STALL: Duration = Duration::from_secs(13);
/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn no_user_is_logged_out_while_commits_wait_for_a_standby() {
    if !wanted() {
        return;
    }
    let postgres = PrivatePostgres::start().unwrap_or_else(|error| panic!("{error}"));
    let setup = Setup::new("standby", Behind::Sqlite)
        .on(&postgres)
        .set("GLOWBAND_PUBLIC_URL", "https://id.example")
        .set("GLOWBAND_DATABASE_CONNECTIONS", "40");
    let (one, other) = (setup.start(), setup.beside().start());
    register(one.address, "ada@example.com");
    let logins: Vec<Tokens> = (0..CLIENTS).map(|_| login(one.address, "ada@example.com")).collect();
    // Each has a predecessor and an ancestor.
    let held: Vec<(Tokens, Tokens)> =
        logins.into_iter().map(|first| (first.clone(), refreshed(one.address, &first.refresh))).collect();

    wait_for(&setup, "absent");
    let began = Instant::now();
    let newest: Vec<Tokens> = std::thread::scope(|scope| {
        let clients: Vec<_> = held
            .iter()
            .enumerate()
            .map(|(client, (_, tokens))| {
                let servers = match client % 3 {
                    0 => [one.address, one.address],
                    1 => [other.address, other.address],
                    _ => [one.address, other.address],
                };
                // Some come again at once, others long after the stall.
                let pause = if client % 2 == 0 { Duration::from_millis(200) } else { Duration::from_secs(12) };
                scope.spawn(move || stays(servers, &tokens.refresh, pause, client))
            })
            .collect();
        sleep(STALL.saturating_sub(began.elapsed()));
        wait_for(&setup, "");
        clients.into_iter().map(|client| client.join().expect("no client is logged out")).collect()
    });

    // An ancestor of a token that was used burns the session at once, whichever of the two generations before it.
    for (client, ((first, second), third)) in held.iter().zip(&newest).enumerate() {
        let server = if client % 2 == 0 { one.address } else { other.address };
        assert_eq!(third.generation(), second.generation() + 1, "client {client}");
        let fourth = refreshed(server, &third.refresh);
        assert_eq!(fourth.generation(), third.generation() + 1, "client {client}");
        match client % 3 {
            0 => refused(server, &first.refresh),
            1 => refused(server, &second.refresh),
            _ => continue,
        }
        refused(server, &fourth.refresh);
    }
    println!("counted: commits that waited {STALL:?} for a standby: 0 of {CLIENTS} clients logged out");
}

#[test]
fn a_thief_is_caught_after_a_stall() {
    if !wanted() {
        return;
    }
    let postgres = PrivatePostgres::start().unwrap_or_else(|error| panic!("{error}"));
    let setup = Setup::new("standby-thief", Behind::Sqlite).on(&postgres);
    let server = setup.start();
    let first = register(server.address, "ada@example.com");
    wait_for(&setup, "absent");
    let lost = within(server.address, &first.refresh, PATIENCE);
    assert!(!matches!(&lost, Ok(answer) if answer.status != 503), "{lost:?}");
    sleep(STALL - PATIENCE);
    wait_for(&setup, "");
    sleep(Duration::from_secs(1));
    let owner = refreshed(server.address, &first.refresh);
    assert_eq!(owner.generation(), 1);
    // From here on the window counts; the answer was delivered.
    sleep(Duration::from_secs(11));
    refused(server.address, &first.refresh);
    refused(server.address, &owner.refresh);
}

/// Refreshes until there is a verdict, by turns at these servers.
fn stays(servers: [SocketAddr; 2], token: &str, pause: Duration, client: usize) -> Tokens {
    let began = Instant::now();
    let mut tries = 0;
    loop {
        let answer = within(servers[tries % 2], token, PATIENCE);
        tries += 1;
        match answer {
            Ok(answer) if answer.status == 200 => return Tokens::of(&answer),
            Ok(answer) if answer.status == 503 => {}
            Ok(answer) => panic!("client {client}, try {tries}, after {:?}: {answer:?}", began.elapsed()),
            Err(_) => {}
        }
        assert!(began.elapsed() < Duration::from_secs(90), "client {client} gets no answer");
        sleep(pause);
    }
}

/// Asks for new tokens, with less patience than other tests have.
fn within(server: SocketAddr, token: &str, patience: Duration) -> io::Result<Answer> {
    let body = json!({"refresh_token": token}).to_string();
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(patience))?;
    let head = format!(
        "POST /auth/refresh HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Glowband-Client: native\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    read(BufReader::new(stream))
}

/// Has every commit wait for a standby of this name; none has commits go on, those that wait included.
fn wait_for(setup: &Setup, standby: &str) {
    let statement = format!("ALTER SYSTEM SET synchronous_standby_names = '{standby}'");
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--dbname", setup.database()]);
    psql.args(["--command", &statement, "--command", "SELECT pg_reload_conf()"]);
    let output = psql.output().expect("psql, as PostgreSQL brings it");
    assert!(output.status.success(), "{output:?}");
    // The processes of the database read their settings when they next look.
    sleep(Duration::from_millis(300));
}
