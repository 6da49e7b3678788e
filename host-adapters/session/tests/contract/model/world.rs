//! One session, those who act on it, and what must hold at every step.

use super::explorer::Choices;
use super::stepped::{Flaw, Stepped, pause};
use glowband_session::{
    How, Login, ManualClock, MemoryStore, RefreshError, RefreshKeys, Refreshed, Refused, Rules, Session, Sessions,
    State, StoreClock, Timestamp,
};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

pub(super) const WINDOW: Duration = Duration::from_secs(10);
pub(super) const IDLE: Duration = Duration::from_secs(100);
const CLIENT: &str = "app";

/// A client, server or operator of the model, which runs one statement at a time.
pub(super) type Actor = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Clone)]
pub(super) struct World(Rc<Inner>);

struct Inner {
    choices: Choices,
    store: MemoryStore,
    clock: Arc<ManualClock>,
    sessions: Sessions,
    id: glowband_session::SessionId,
    /// Whether the database was set back, so that generations may come twice.
    restored: Cell<bool>,
    seen: RefCell<Seen>,
}

/// What was observed from outside.
#[derive(Default)]
struct Seen {
    /// Every token that was handed out, by its generation.
    tokens: HashMap<u64, String>,
    rotated: HashMap<u64, u32>,
    row: Option<Session>,
    violations: Vec<String>,
}

impl World {
    /// A session that was refreshed this often, a long while before anything else.
    pub(super) fn new(choices: &Choices, generation: u64, flaw: Option<Flaw>) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(1_000_000)));
        let store = MemoryStore::with_clock(clock.clone());
        let rules = Rules::new(IDLE, IDLE * 10, WINDOW).unwrap();
        let stepped = Stepped { store: store.clone(), flaw };
        let sessions = Sessions::new(Arc::new(stepped), keys(1), rules);
        let opened = at_once(sessions.open(Login::new("alice", CLIENT))).unwrap();
        let mut seen = Seen::default();
        let mut newest = opened.token.clone();
        seen.tokens.insert(0, newest.as_str().to_owned());
        for generation in 1..=generation {
            newest = at_once(sessions.refresh(newest.as_str(), CLIENT)).unwrap().token;
            seen.tokens.insert(generation, newest.as_str().to_owned());
        }
        clock.advance(WINDOW);
        let (id, restored) = (opened.session.id, Cell::new(false));
        let inner = Inner { choices: choices.clone(), store, clock, sessions, id, restored, seen: RefCell::new(seen) };
        Self(Rc::new(inner))
    }

    /// Another server on the same store, whose current secret is another.
    pub(super) fn server_with_secret(&self, id: u8) -> Sessions {
        let stepped = Stepped { store: self.0.store.clone(), flaw: None };
        Sessions::new(Arc::new(stepped), keys(id), *self.0.sessions.rules())
    }

    /// Lets the actors act in some order, and checks everything after every step.
    pub(super) fn run(&self, actors: Vec<Actor>) -> Result<(), String> {
        let mut acting: Vec<Actor> = actors;
        while !acting.is_empty() {
            let next = self.0.choices.choose(acting.len());
            if poll(&mut acting[next]).is_some() {
                drop(acting.remove(next));
            }
            self.check_row();
            if let Some(violation) = self.0.seen.borrow().violations.first() {
                return Err(violation.clone());
            }
        }
        self.check_newest();
        self.0.seen.borrow().violations.first().map_or(Ok(()), |violation| Err(violation.clone()))
    }

    /// The token of a generation that was handed out.
    pub(super) fn token(&self, generation: u64) -> String {
        self.0.seen.borrow().tokens[&generation].clone()
    }

    /// Someone who refreshes this often, beginning with the token of this generation, and goes on with what he gets.
    pub(super) fn refreshes(&self, generation: u64, times: u32) -> Actor {
        self.refreshes_at(self.0.sessions.clone(), generation, times)
    }

    pub(super) fn refreshes_at(&self, server: Sessions, generation: u64, times: u32) -> Actor {
        let world = self.clone();
        Box::pin(async move {
            let mut generation = generation;
            for _ in 0..times {
                match world.refresh(&server, generation).await {
                    Some(next) => generation = next,
                    None => return,
                }
            }
        })
    }

    /// Someone whose request may be cut off before any of its statements, or its answer lost; he then comes again with
    /// what he had. No time passes.
    pub(super) fn loses_answers(&self, generation: u64) -> Actor {
        let world = self.clone();
        Box::pin(async move {
            let server = world.0.sessions.clone();
            {
                let mut first: Pin<Box<dyn Future<Output = Option<u64>>>> =
                    Box::pin(world.refresh(&server, generation));
                // The server dies before statement 1, 2, …, or does not.
                while world.0.choices.choose(2) == 0 && poll(&mut first).is_none() {
                    pause().await;
                }
            }
            let next = world.refresh(&server, generation).await;
            let row = world.row();
            if row.is_some_and(|row| row.state == State::Open) && next.is_none() {
                world.violation("a client that lost an answer is locked out of an open session");
            }
        })
    }

    /// A logout.
    pub(super) fn closes(&self) -> Actor {
        let world = self.clone();
        Box::pin(async move {
            let ended = world.0.sessions.close(world.0.id).await.unwrap();
            let row = world.row().unwrap();
            if row.state == State::Open || (ended.is_some() && row.state != State::Closed) {
                world.violation(&format!("a logout was answered, and the session is {:?}", row.state));
            }
        })
    }

    /// A logout everywhere.
    pub(super) fn closes_all(&self) -> Actor {
        let world = self.clone();
        Box::pin(async move {
            world.0.sessions.close_all("alice", None).await.unwrap();
            if world.row().unwrap().state == State::Open {
                world.violation("a logout everywhere was answered, and the session is open");
            }
        })
    }

    /// Time passes at some moment.
    pub(super) fn time_passes(&self, time: Duration) -> Actor {
        let world = self.clone();
        Box::pin(async move {
            pause().await;
            world.0.clock.advance(time);
        })
    }

    /// The database is set back at some moment to what it is now.
    pub(super) fn is_restored(&self) -> Actor {
        let (world, backup) = (self.clone(), self.0.store.backup());
        Box::pin(async move {
            pause().await;
            world.0.restored.set(true);
            world.0.store.restore(backup);
            world.0.seen.borrow_mut().row = None;
        })
    }

    /// Refreshes once and checks the answer; the generation that is held then.
    async fn refresh(&self, server: &Sessions, presented: u64) -> Option<u64> {
        let (before, began) = (self.row().unwrap(), self.0.clock.now());
        let outcome = server.refresh(&self.token(presented), CLIENT).await;
        match &outcome {
            Ok(answer) => self.check_answer(answer, presented, &before, began),
            Err(RefreshError::Refused { why, .. }) => self.check_refusal(*why, presented, &before),
            Err(other) => self.violation(&format!("no verdict: {other:?}")),
        }
        outcome.ok().map(|answer| answer.session.generation)
    }

    fn check_answer(&self, answer: &Refreshed, presented: u64, before: &Session, began: Timestamp) {
        let generation = answer.session.generation;
        if generation != presented + 1 {
            self.violation(&format!("generation {presented} was answered with {generation}"));
        }
        if before.state != State::Open {
            self.violation(&format!("a session that was {:?} before was refreshed", before.state));
        }
        if before.expired(began) {
            self.violation("a session that had expired before was refreshed");
        }
        let restored = self.0.restored.get();
        let late = presented + 1 == before.generation && began.since(before.rotated_at) >= WINDOW;
        let too_late = late && !before.in_doubt;
        if !restored && (presented + 1 < before.generation || too_late) {
            self.violation(&format!("generation {presented} was answered when the newest was {}", before.generation));
        }
        let mut seen = self.0.seen.borrow_mut();
        let text = answer.token.as_str();
        let known = seen.tokens.entry(generation).or_insert_with(|| text.to_owned()).clone();
        if known != text && !restored {
            seen.violations.push(format!("generation {generation} has two tokens"));
        }
        if answer.how == How::Rotated {
            let times = seen.rotated.entry(presented).or_default();
            *times += 1;
            if *times > 1 && !restored {
                seen.violations.push(format!("generation {presented} was rotated twice"));
            }
        }
    }

    fn check_refusal(&self, why: Refused, presented: u64, before: &Session) {
        let (row, now) = (self.row().unwrap(), self.0.clock.now());
        let fits = match why {
            Refused::Closed => row.state == State::Closed,
            Refused::RevokedForReuse => row.state == State::RevokedForReuse,
            Refused::Expired => row.expired(now),
            // Never the newest, and its predecessor only when its time is over.
            Refused::Reuse => {
                let too_late = presented + 1 == row.generation && now.since(row.rotated_at) >= WINDOW;
                row.state == State::RevokedForReuse && (presented + 1 < row.generation || too_late)
            }
            Refused::Unknown | Refused::OtherClient => false,
        };
        if !fits {
            self.violation(&format!("generation {presented} is {why:?}\nbefore {before:?}\nafter {row:?}"));
        }
    }

    /// What ended stays as it is; generations go up; no session lives longer than at first.
    fn check_row(&self) {
        let Some(row) = self.row() else { return self.violation("the row is gone") };
        let before = self.0.seen.borrow_mut().row.replace(row.clone());
        if let Some(before) = before {
            if before.state != State::Open && row != before {
                self.violation(&format!("a session changed after its end:\n{before:?}\n{row:?}"));
            }
            // After a restore, a step leads to the generation that the client has.
            let leap = row.generation > before.generation + 1 && !self.0.restored.get();
            if row.generation < before.generation || leap {
                self.violation(&format!("generation {} became {}", before.generation, row.generation));
            }
            if row.absolute_expires_at != before.absolute_expires_at || row.idle_expires_at > row.absolute_expires_at {
                self.violation("an expiry moved beyond the first one");
            }
        }
    }

    /// Checks that the client with the newest token can refresh when no other actor runs.
    fn check_newest(&self) {
        let row = self.row().unwrap();
        if row.alive(self.0.clock.now()) {
            let newest = self.0.seen.borrow().tokens.get(&row.generation).cloned();
            // The answer with this token may have been lost; then the client presents its predecessor again.
            let (token, how) =
                newest.map_or_else(|| (self.token(row.generation - 1), How::Replayed), |token| (token, How::Rotated));
            let outcome = at_once(self.0.sessions.refresh(&token, CLIENT));
            if !outcome.as_ref().is_ok_and(|answer| answer.how == how || self.0.restored.get()) {
                self.violation(&format!("the newest token is refused: {outcome:?}"));
            }
        }
    }

    fn row(&self) -> Option<Session> {
        self.0.store.backup().into_iter().find(|row| row.id == self.0.id)
    }

    fn violation(&self, text: &str) {
        self.0.seen.borrow_mut().violations.push(text.to_owned());
    }
}

/// Secrets 1 and 2, one of them current.
fn keys(current: u8) -> RefreshKeys {
    let other = 3 - current;
    RefreshKeys::new(current, &[current; 32]).unwrap().accept(other, &[other; 32]).unwrap()
}

/// Runs to the end with nothing in between.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn poll<T>(future: &mut Pin<Box<dyn Future<Output = T> + '_>>) -> Option<T> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
