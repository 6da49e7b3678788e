//! `Sessions::refresh` without a server around it: how many a second, and how that changes with the sessions there are.

use crate::contest::{Contestant, Round};
use crate::population::{Population, rules};
use crate::random::Random;
use glowband_session::{RefreshKeys, Sessions};
use glowband_storage::{PostgresDatabase, PostgresStore, SqliteDatabase, SqliteStore};
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const CLIENT: &str = "bench";
const ROUND: Duration = Duration::from_secs(1);

/// Sessions in one database, and the newest token of each.
pub struct Stock {
    sessions: Sessions,
    /// The same, without waiting for the disk.
    hasty: Option<Sessions>,
    tokens: RefCell<Vec<String>>,
    /// What each takes in the database.
    pub bytes: f64,
}

/// Whether a commit waits for the disk as the database is set up.
#[derive(Clone, Copy)]
pub enum Haste {
    None,
    /// PostgreSQL's `synchronous_commit = off`.
    Asynchronous,
}

fn keys() -> RefreshKeys {
    RefreshKeys::new(1, &crate::glowband::REFRESH_SECRET).expect("the secret is long enough")
}

/// As many as a service of this size would have.
fn users(sessions: usize) -> Vec<String> {
    (0..sessions.div_ceil(3)).map(|at| format!("user-{at:014}")).collect()
}

impl Stock {
    pub fn in_sqlite(runtime: &Runtime, path: &Path, count: usize) -> Self {
        runtime.block_on(async {
            SqliteDatabase::open(path).await.expect("the file can be made").close().await;
            let population = Population::new(count, &keys(), &users(count), CLIENT).await;
            let (tokens, bytes) = population.move_to_sqlite(path).await;
            let database = SqliteDatabase::open(path).await.expect("the file is there");
            let sessions = Sessions::new(Arc::new(SqliteStore::new(database)), keys(), rules());
            Self { sessions, hasty: None, tokens: tokens.into(), bytes }
        })
    }

    pub fn in_postgres(runtime: &Runtime, url: &str, count: usize) -> Self {
        runtime.block_on(async {
            let database = PostgresDatabase::connect(url).await.expect("the database is there");
            let population = Population::new(count, &keys(), &users(count), CLIENT).await;
            let (tokens, bytes) = population.move_to_postgres(url).await;
            let hasty = PostgresDatabase::connect(&format!("{url}?options[synchronous_commit]=off")).await;
            let [sessions, hasty] = [database, hasty.expect("it is there again")]
                .map(|database| Sessions::new(Arc::new(PostgresStore::new(database)), keys(), rules()));
            Self { sessions, hasty: Some(hasty), tokens: tokens.into(), bytes }
        })
    }

    /// So many refreshes at a time, each of a random session of all.
    pub fn contestant<'a>(&'a self, runtime: &'a Runtime, haste: Haste, at_a_time: usize) -> Contestant<'a> {
        let sessions = match haste {
            Haste::None => &self.sessions,
            Haste::Asynchronous => self.hasty.as_ref().expect("only PostgreSQL is asked for it"),
        };
        Contestant::new(String::new(), move || {
            let mut rest = self.tokens.take();
            let share = rest.len().div_ceil(at_a_time);
            let end = Instant::now() + ROUND;
            let mut tasks = Vec::new();
            while !rest.is_empty() {
                let own = rest.split_off(rest.len().saturating_sub(share));
                tasks.push(runtime.spawn(refresh_until(end, sessions.clone(), own)));
            }
            let mut done = 0;
            for task in tasks {
                let (own, count) = runtime.block_on(task).expect("every token is good");
                self.tokens.borrow_mut().extend(own);
                done += count;
            }
            Round { rate: f64::from(done) / ROUND.as_secs_f64(), spent: None }
        })
    }
}

async fn refresh_until(end: Instant, sessions: Sessions, mut tokens: Vec<String>) -> (Vec<String>, u32) {
    let mut random = Random::new();
    let mut count = 0;
    while Instant::now() < end {
        let at = random.below(tokens.len());
        let refreshed = sessions.refresh(&tokens[at], CLIENT).await.expect("it is the newest token");
        refreshed.token.as_str().clone_into(&mut tokens[at]);
        count += 1;
    }
    (tokens, count)
}
