//! A login that ends while the body of one of its requests is under way: nothing is done in its name.
//!
//! The routes are those of `/openapi.json`, so that later ones are tried too. Of each route that takes a body and an access
//! token everything but the last byte is sent, the login is ended, the last byte is sent, and the tables are compared.

use super::account::{PASSWORD, Tokens, login, logout, post, refreshed, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use crate::http::client::{self, Answer, send};
use serde_json::{Value, json};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

const NEW_PASSWORD: &str = "another horse battery";

/// An example of a body for each route that takes one. A route that is new needs a line here.
fn body_of(method: &str, path: &str) -> Value {
    match (method, path) {
        ("POST", "/auth/tokens") => json!({"name": "late", "expires_in": 86_400}),
        ("POST", "/auth/password") => {
            json!({"current": PASSWORD, "new": "the thief's own password", "revoke_tokens": true})
        }
        // The login of the access token; a refresh token in the body would be another way.
        ("POST", "/auth/logout") => json!({}),
        _ => panic!("{method} {path} takes a body and an access token: say which body, so that it is tried"),
    }
}

/// The ways in which a login ends, but for the passing of time.
#[derive(Clone, Copy, Debug)]
enum Way {
    Logout,
    LogoutEverywhere,
    NewPassword,
    Deletion,
    Reuse,
    SessionsRevoke,
    UsersDisable,
    UsersResetPassword,
    UsersDelete,
}

const WAYS: [Way; 9] = [
    Way::Logout,
    Way::LogoutEverywhere,
    Way::NewPassword,
    Way::Deletion,
    Way::Reuse,
    Way::SessionsRevoke,
    Way::UsersDisable,
    Way::UsersResetPassword,
    Way::UsersDelete,
];

#[test]
fn nothing_is_done_for_a_login_that_ended_before_its_body_came_on_sqlite() {
    if wanted() {
        walk(Behind::Sqlite);
    }
}

#[test]
fn nothing_is_done_for_a_login_that_ended_before_its_body_came_on_postgresql() {
    if wanted() {
        walk(Behind::Postgres);
    }
}

fn walk(behind: Behind) {
    let setup = Setup::new("ended", behind)
        // Passwords are not what is tried here.
        .set("GLOWBAND_ARGON2_MEMORY", "7MiB")
        .set("GLOWBAND_ARGON2_ITERATIONS", "5");
    let server = setup.start();
    let routes = routes(server.address);
    let with_body = routes.iter().filter(|route| route.takes_body).count();
    assert!(with_body >= 3, "{routes:?}");
    let mut rounds = 0;
    for (number, way) in WAYS.into_iter().enumerate() {
        for (at, route) in routes.iter().filter(|route| route.takes_body).enumerate() {
            let round = Round::begin(server.address, &format!("user{number}.{at}@example.com"));
            let held = Held::send(server.address, route, &round.own.access);
            round.end(&setup, server.address, way);
            let before = tables(&setup, behind);
            let answer = held.release();
            assert_eq!(answer.status, 401, "{way:?}, {route:?}: {answer:?}");
            assert_eq!(tables(&setup, behind), before, "{way:?}, {route:?}");
            rounds += 1;
            // What needs no body is refused from the start.
            for route in routes.iter().filter(|route| !route.takes_body) {
                let bearer = format!("Bearer {}", round.own.access);
                let path = route.path.replace("{id}", &round.own.session);
                let answer = send(server.address, &route.method, &path, &[("Authorization", &bearer)], None);
                assert_eq!(answer.expect("the server answers").status, 401, "{way:?}, {route:?}");
            }
            assert_eq!(tables(&setup, behind), before, "{way:?}");
        }
    }
    println!(
        "counted: {behind:?}: {with_body} routes with a body, {} ways to end a login: {rounds} requests held back, \
              none did anything",
        WAYS.len()
    );
}

/// A route that takes an access token.
#[derive(Debug)]
struct Route {
    method: String,
    path: String,
    takes_body: bool,
}

fn routes(server: SocketAddr) -> Vec<Route> {
    let document = client::get(server, "/openapi.json", &[]).json();
    let paths = document["paths"].as_object().expect("paths").iter();
    let mut routes = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("methods") {
            let schemes = operation["security"].as_array().into_iter().flatten();
            if schemes.filter_map(Value::as_object).any(|scheme| scheme.contains_key("access_token")) {
                let takes_body = operation["requestBody"].is_object();
                routes.push(Route { method: method.to_uppercase(), path: path.clone(), takes_body });
            }
        }
    }
    routes
}

/// A request of which all but the last byte was sent.
struct Held {
    stream: TcpStream,
    last: u8,
}

impl Held {
    fn send(server: SocketAddr, route: &Route, access: &str) -> Self {
        let mut body = body_of(&route.method, &route.path).to_string().into_bytes();
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nAuthorization: Bearer {access}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            route.method,
            route.path,
            body.len()
        );
        let last = body.pop().expect("a body");
        let mut stream = TcpStream::connect(server).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
        stream.write_all(&[head.into_bytes(), body].concat()).expect("the server reads");
        // The server checks the head as soon as it is there.
        sleep(Duration::from_millis(150));
        Self { stream, last }
    }

    fn release(mut self) -> Answer {
        self.stream.write_all(&[self.last]).expect("the server reads");
        client::read(std::io::BufReader::new(self.stream)).expect("the server answers")
    }
}

/// A user with two logins, of which one acts and the other may end it.
struct Round {
    email: String,
    own: Tokens,
    /// The refresh token that the acting login began with, two generations ago.
    first: String,
    other: Tokens,
}

impl Round {
    fn begin(server: SocketAddr, email: &str) -> Self {
        let first = register(server, email);
        let own = refreshed(server, &refreshed(server, &first.refresh).refresh);
        let other = login(server, email);
        let made = post(server, "/auth/tokens", Some(&other.access), &json!({"name": "early"}));
        assert_eq!(made.expect("the server answers").status, 201);
        Self { email: email.to_owned(), own, first: first.refresh, other }
    }

    fn end(&self, setup: &Setup, server: SocketAddr, way: Way) {
        let bearer = format!("Bearer {}", self.other.access);
        let run = |arguments: &[&str]| {
            let output = setup.run(arguments);
            assert!(output.status.success(), "{arguments:?}: {output:?}");
        };
        let done = |answer: std::io::Result<Answer>| {
            let answer = answer.expect("the server answers");
            assert_eq!(answer.status, 204, "{way:?}: {answer:?}");
        };
        match way {
            Way::Logout => done(logout(server, &self.own.refresh)),
            Way::LogoutEverywhere => {
                done(send(server, "POST", "/auth/logout-all", &[("Authorization", &bearer)], None));
            }
            Way::NewPassword => {
                let body = json!({"current": PASSWORD, "new": NEW_PASSWORD, "revoke_tokens": true});
                done(post(server, "/auth/password", Some(&self.other.access), &body));
            }
            Way::Deletion => {
                let path = format!("/auth/sessions/{}", self.own.session);
                done(send(server, "DELETE", &path, &[("Authorization", &bearer)], None));
            }
            Way::Reuse => refused(server, &self.first),
            Way::SessionsRevoke => run(&["sessions", "revoke", &self.own.session]),
            Way::UsersDisable => run(&["users", "disable", &self.email]),
            Way::UsersResetPassword => run(&["users", "reset-password", &self.email, "--generate", "--revoke-tokens"]),
            Way::UsersDelete => run(&["users", "delete", &self.email, "--yes"]),
        }
    }
}

/// All rows that an act of a login may change.
fn tables(setup: &Setup, behind: Behind) -> String {
    let mut all = String::new();
    for table in ["users", "sessions", "personal_tokens", "opaque_tokens"] {
        let key = if table == "opaque_tokens" { "digest" } else { "id" };
        let question = format!("SELECT * FROM {table} ORDER BY {key}");
        let mut asked = match behind {
            Behind::Sqlite => {
                let mut sqlite = Command::new("sqlite3");
                // Bytes as text.
                sqlite
                    .args(["-readonly", "-cmd", ".mode quote"])
                    .arg(setup.data().join("glowband.sqlite"))
                    .arg(question);
                sqlite
            }
            Behind::Postgres => {
                let mut psql = Command::new("psql");
                psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--dbname", setup.database()]);
                psql.args(["--command", &question]);
                psql
            }
        };
        let output = asked.output().expect("sqlite3 and psql, as their packages bring them");
        assert!(output.status.success(), "{output:?}");
        all.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    all
}
