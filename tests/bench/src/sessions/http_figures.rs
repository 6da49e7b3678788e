//! Servers under load over HTTP: checks of a session, refreshes, logins.

use crate::better_auth::{self, GetSession, Instance, SignIn};
use crate::contest::{Contestant, Outcome, Round, hold};
use crate::glowband::{self, Check, Login, Refresh};
use crate::load::{Crowd, Talk};
use crate::million::Memory;
use crate::server::Server;
use glowband_bench::machine;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Connections for checks and refreshes; logins wait for a processor anyway.
const CONNECTIONS: usize = 32;
pub const LOGIN_CONNECTIONS: usize = 8;
/// Logins of each account.
const LOGINS: usize = 8;

pub const ROUND: Duration = Duration::from_secs(1);
/// A login takes long, so that a second has few.
const LOGIN_ROUND: Duration = Duration::from_secs(2);

/// The servers on one database, with sessions to ask for.
pub struct Servers {
    /// "SQLite" or "PostgreSQL".
    pub database: &'static str,
    ours: Server,
    tokens: glowband::Tokens,
    /// By one process, and by one for each core.
    peers: Vec<Peer>,
    cookies: Vec<String>,
}

struct Peer {
    processes: usize,
    server: Server,
}

pub fn emails(prefix: &str) -> Vec<String> {
    (0..CONNECTIONS).map(|at| format!("{prefix}{at}@example.com")).collect()
}

impl Servers {
    /// Starts all of them, and logs in. The URLs are of empty databases; without them it is SQLite.
    pub fn start(runtime: &Runtime, folder: &Path, urls: Option<[String; 2]>) -> Self {
        let (database, kind) = if urls.is_some() { ("PostgreSQL", "postgres") } else { ("SQLite", "sqlite") };
        let [own, others] = match urls {
            Some([own, others]) => [Some(own), Some(others)],
            None => [None, None],
        };
        let ours = glowband::serve(&folder.join(format!("glowband-{kind}")), own.as_deref());
        let tokens = glowband::log_in(runtime, &ours, &emails("user"), LOGINS);
        let file = folder.join("better-auth.sqlite").display().to_string();
        let location = others.unwrap_or(file);
        let peers: Vec<_> = [1, machine::cores()]
            .map(|processes| Peer { processes, server: better_auth::serve(&location, processes) })
            .into();
        let server = &peers[0].server;
        // By the instance with a cookie that is a copy, so that the same cookies serve for all.
        let cookies = better_auth::log_in(runtime, server, Instance::Cached, &emails("user"), LOGINS);
        better_auth::log_in(runtime, server, Instance::Argon2, &emails("argon"), 0);
        Self { database, ours, tokens, peers, cookies }
    }

    /// The version of the peer, and of what it is made of.
    pub fn peer_greeting(&self) -> &str {
        self.peers[0].server.greeting.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')'))
    }

    /// How many sessions each server has to ask for.
    pub fn sessions(&self) -> usize {
        self.cookies.len()
    }

    /// What our server holds by now.
    pub fn own_memory(&self) -> Memory {
        Memory::of(&self.ours)
    }

    /// `GET /auth/me` beside `GET /get-session`: both look into the database.
    pub fn checks(&self, runtime: &Runtime, rounds: usize) -> Vec<Outcome> {
        let mut all = vec![self.ours(runtime, "GET /auth/me", shared(&self.tokens.access, Check::me), ROUND)];
        for peer in &self.peers {
            let talks = shared(&self.cookies, |cookies| GetSession::checking(Instance::Plain, cookies));
            all.push(peer.contestant(runtime, "get-session", talks, ROUND));
        }
        hold(rounds, all)
    }

    /// The checks that accept a signature without the database: the guard, and a session check with the cookie cache.
    pub fn signatures(&self, runtime: &Runtime, rounds: usize) -> Vec<Outcome> {
        let talks = shared(&self.tokens.access, Check::token);
        let mut all = vec![self.ours(runtime, "GET /forward-auth/auth", talks, ROUND)];
        for peer in &self.peers {
            let talks = shared(&self.cookies, |cookies| GetSession::checking(Instance::Cached, cookies));
            all.push(peer.contestant(runtime, "get-session, cookie cache", talks, ROUND));
        }
        hold(rounds, all)
    }

    /// `POST /auth/refresh`, with few sessions and with all of a server that has many, beside a `GET /get-session` that
    /// writes. Uses up the refresh tokens.
    pub fn refreshes(&mut self, runtime: &Runtime, many: Contestant<'_>, rounds: usize) -> Vec<Outcome> {
        let tokens = std::mem::take(&mut self.tokens.refresh);
        let about = format!("POST /auth/refresh, {} sessions", tokens.len());
        let talks = shared(&tokens, |tokens| Refresh::of(tokens.to_vec()));
        let mut all = vec![self.ours(runtime, &about, talks, ROUND), many];
        for peer in &self.peers {
            let about = format!("get-session, updateAge 0, {} sessions", self.cookies.len());
            all.push(peer.contestant(runtime, &about, shared(&self.cookies, GetSession::renewing), ROUND));
        }
        hold(rounds, all)
    }

    /// `POST /auth/login` beside `POST /sign-in/email`, by its hash and by ours.
    pub fn logins(&self, runtime: &Runtime, rounds: usize) -> Vec<Outcome> {
        let users = &emails("user")[..LOGIN_CONNECTIONS];
        let argon = &emails("argon")[..LOGIN_CONNECTIONS];
        let talks = users.iter().map(|email| Login::of(email)).collect();
        let mut all = vec![self.ours(runtime, "POST /auth/login, argon2id", talks, LOGIN_ROUND)];
        for peer in &self.peers {
            for (instance, emails, about) in [
                (Instance::Argon2, argon, "sign-in/email, argon2id"),
                (Instance::Plain, users, "sign-in/email, its scrypt"),
            ] {
                let talks = emails.iter().map(|email| SignIn::by(instance, email)).collect();
                all.push(peer.contestant(runtime, about, talks, LOGIN_ROUND));
            }
        }
        hold(rounds, all)
    }

    fn ours<'a>(&'a self, runtime: &'a Runtime, about: &str, talks: Vec<impl Talk>, time: Duration) -> Contestant<'a> {
        contestant(runtime, &self.ours, format!("Glowband, {}: {about}", self.database), talks, time)
    }
}

impl Peer {
    fn contestant<'a>(
        &'a self,
        runtime: &'a Runtime,
        about: &str,
        talks: Vec<impl Talk>,
        time: Duration,
    ) -> Contestant<'a> {
        let processes =
            if self.processes == 1 { "1 process".to_owned() } else { format!("{} processes", self.processes) };
        contestant(runtime, &self.server, format!("Better Auth, {processes}: {about}"), talks, time)
    }
}

/// A round is so much time of a server under this load.
pub fn contestant<'a>(
    runtime: &'a Runtime,
    server: &'a Server,
    name: String,
    talks: Vec<impl Talk>,
    time: Duration,
) -> Contestant<'a> {
    let mut crowd = Crowd::gather(runtime, server.address, talks);
    Contestant::new(name, move || {
        let before = server.processor_time();
        let rate = crowd.speak(runtime, time);
        let spent = (server.processor_time() - before).div_f64(time.as_secs_f64());
        Round { rate, spent: Some(spent) }
    })
}

/// One talk for each connection, of its own share of what there is.
pub fn shared<T, R>(all: &[R], talk: impl Fn(&[R]) -> T) -> Vec<T> {
    all.chunks(all.len().div_ceil(CONNECTIONS)).map(talk).collect()
}
