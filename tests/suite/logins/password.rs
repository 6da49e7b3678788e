//! A new password while the database cannot end logins: an attacker who knew the old one must not stay logged in.

use super::account::{PASSWORD, get, login, post, refreshed, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

#[test]
fn a_new_password_is_not_set_while_the_other_logins_cannot_be_ended() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("password", Behind::Postgres);
    let server = setup.start();
    let own = register(server.address, "ada@example.com");
    let thief = login(server.address, "ada@example.com");
    let change = || {
        let body = json!({"current": PASSWORD, "new": "another horse battery"});
        post(server.address, "/auth/password", Some(&own.access), &body).expect("the server answers")
    };
    let mut holder = hold_sessions(setup.database());
    let answer = change();
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.header("Retry-After").is_some(), "{answer:?}");
    let sent_away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'";
    assert!(psql(setup.database(), &[sent_away]).status().expect("psql runs").success());
    holder.wait().expect("it has ended");
    // Nothing was changed, so that the same can be asked again.
    let thief = refreshed(server.address, &thief.refresh);
    let answer = change();
    assert_eq!(answer.status, 204, "{answer:?}");
    refused(server.address, &thief.refresh);
    let answer = get(server.address, "/auth/me", &thief.access).expect("the server answers");
    assert_eq!(answer.status, 401, "{answer:?}");
    refreshed(server.address, &own.refresh);
}

/// A database client whose lock lets logins be read and not be changed.
fn hold_sessions(database: &str) -> Child {
    let statements = ["BEGIN", "LOCK TABLE sessions IN EXCLUSIVE MODE", "SELECT 'held'", "SELECT pg_sleep(600)"];
    let mut child = psql(database, &statements).spawn().expect("psql, as PostgreSQL brings it");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("psql answers");
    assert_eq!(line.trim(), "held");
    child
}

fn psql(database: &str, statements: &[&str]) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--dbname", database]);
    for statement in statements {
        psql.args(["--command", statement]);
    }
    psql.stdin(Stdio::null()).stdout(Stdio::piped());
    psql
}
