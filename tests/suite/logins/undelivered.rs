//! A client that hangs up while the server is slow: its old token is a replay when it comes again. One that hangs up on a
//! server that is not slow gains nothing.

use super::account::{Tokens, login, refresh, refreshed, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use serde_json::json;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The setting `replay-window`, and a time after which it is over.
const WINDOW: &str = "2s";
const PAST: Duration = Duration::from_millis(3500);
/// An answer is slow from one second on. The database is held for this long, and less than the server waits for it.
const HELD: Duration = Duration::from_millis(1800);

#[test]
fn a_client_that_hangs_up_on_a_slow_server_is_no_thief_on_sqlite() {
    if wanted() {
        hang_up(Behind::Sqlite);
    }
}

#[test]
fn a_client_that_hangs_up_on_a_slow_server_is_no_thief_on_postgresql() {
    if wanted() {
        hang_up(Behind::Postgres);
    }
}

fn hang_up(behind: Behind) {
    let setup = Setup::new("hangs-up", behind)
        .set("GLOWBAND_REPLAY_WINDOW", WINDOW)
        .set("GLOWBAND_PUBLIC_URL", "https://id.example");
    let (server, other) = (setup.start(), setup.beside().start());
    register(server.address, "ada@example.com");
    // Each comes again at the server that it had asked, or at another one.
    for again_at in [server.address, other.address] {
        let first = login(server.address, "ada@example.com");
        let holder = Holder::begin(&setup, behind);
        ask_and_hang_up(server.address, &first, Duration::from_millis(300));
        sleep(HELD);
        holder.end();
        sleep(PAST);
        let second = refreshed(again_at, &first.refresh);
        assert_eq!(second.generation(), first.generation() + 1, "{behind:?}: it was rotated once");
        // A doubt is forgiven once, and the window begins anew.
        assert_eq!(refreshed(server.address, &first.refresh).refresh, second.refresh);
        sleep(PAST);
        refused(again_at, &first.refresh);
        refused(again_at, &second.refresh);
    }
    // The same without a slow server: a thief could put off the discovery for ever if this brought about a doubt.
    for round in 0.. {
        assert!(round < 10, "the machine is too busy: each answer took more than half a second");
        let first = login(server.address, "ada@example.com");
        let quick = is_quick(server.address);
        ask_and_hang_up(server.address, &first, Duration::ZERO);
        if !(quick && is_quick(server.address)) {
            continue;
        }
        sleep(PAST);
        let answer = refresh(server.address, &first.refresh).expect("an answer");
        // The request may have been given up before it was read: then the token is the newest one still.
        if answer.status == 200 {
            assert_eq!(Tokens::of(&answer).generation(), first.generation() + 1);
            let third = refreshed(server.address, &Tokens::of(&answer).refresh);
            assert_eq!(third.generation(), first.generation() + 2);
            sleep(PAST);
            refused(server.address, &first.refresh);
            continue;
        }
        assert_eq!(answer.json()["name"], "invalid_grant", "{answer:?}");
        break;
    }
    println!(
        "counted: {behind:?}: 2 clients hung up on a slow server and came again, 1 on a quick one and was refused"
    );
}

/// Sends a refresh, waits, and closes the connection without reading the answer.
fn ask_and_hang_up(server: SocketAddr, tokens: &Tokens, after: Duration) {
    let body = json!({"refresh_token": tokens.refresh}).to_string();
    let mut stream = TcpStream::connect(server).expect("the server listens");
    let head = format!(
        "POST /auth/refresh HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\n\
         Glowband-Client: native\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the server reads");
    sleep(after);
}

/// Whether a login and a refresh take less than half of what counts as slow.
fn is_quick(server: SocketAddr) -> bool {
    let tokens = login(server, "ada@example.com");
    let began = Instant::now();
    refreshed(server, &tokens.refresh);
    began.elapsed() < Duration::from_millis(500)
}

/// A transaction of another database client that keeps logins from being changed.
struct Holder {
    shell: Child,
}

impl Holder {
    fn begin(setup: &Setup, behind: Behind) -> Self {
        let (begin, attempt) = match behind {
            // The attempts below, and the server, may hold the lock for a moment.
            Behind::Sqlite => ("PRAGMA busy_timeout = 10000;\nBEGIN IMMEDIATE;\n", "BEGIN IMMEDIATE; ROLLBACK;"),
            Behind::Postgres => {
                ("BEGIN;\nSELECT id FROM sessions FOR UPDATE;\n", "SELECT id FROM sessions FOR UPDATE NOWAIT;")
            }
        };
        let shell = shell(setup, behind).stdin(Stdio::piped()).spawn().expect("sqlite3 and psql are there");
        let mut holder = Self { shell };
        holder.shell.stdin.as_mut().expect("piped").write_all(begin.as_bytes()).expect("it reads");
        let began = Instant::now();
        loop {
            let tried = match behind {
                Behind::Sqlite => shell_of_sqlite(setup).arg(attempt).output(),
                Behind::Postgres => shell_of_postgres(setup).args(["--command", attempt]).output(),
            };
            if !tried.expect("it runs").status.success() {
                return holder;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{behind:?} is not held");
        }
    }

    fn end(mut self) {
        let mut stdin = self.shell.stdin.take().expect("piped");
        stdin.write_all(b"ROLLBACK;\n").expect("it reads");
        drop(stdin);
        assert!(self.shell.wait().expect("it ends").success());
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn shell(setup: &Setup, behind: Behind) -> Command {
    let mut shell = match behind {
        Behind::Sqlite => shell_of_sqlite(setup),
        Behind::Postgres => shell_of_postgres(setup),
    };
    shell.stdout(Stdio::null());
    shell
}

fn shell_of_sqlite(setup: &Setup) -> Command {
    let mut sqlite = Command::new("sqlite3");
    sqlite.args(["-bail", "-cmd", ".timeout 0"]).arg(setup.data().join("glowband.sqlite")).stderr(Stdio::null());
    sqlite
}

fn shell_of_postgres(setup: &Setup) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--set", "ON_ERROR_STOP=1"]);
    psql.args(["--dbname", setup.database()]).stderr(Stdio::null());
    psql
}
