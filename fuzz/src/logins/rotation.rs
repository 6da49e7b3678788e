//! Operations on sessions in memory, each beside the model: who is answered, with which token, and what every row is then.

use super::at_once::at_once;
use super::model::{ABSOLUTE, Answer, IDLE, Model, WINDOW};
use super::spelling::{CLIENT, KEY_ID, SECRET, session, token};
use crate::input::Input;
use glowband_session::{
    FeedCursor, ManualClock, MemoryStore, RefreshError, RefreshKeys, Rules, Session, SessionId, SessionStore, Sessions,
    State, Timestamp,
};
use std::sync::Arc;
use std::time::Duration;

const START: u64 = 1_000_000;
const SESSIONS: u8 = 5;
/// Later operations are not looked at.
const MOST: usize = 60;

struct Stage {
    model: Model,
    clock: Arc<ManualClock>,
    store: MemoryStore,
    sessions: Sessions,
    backup: Option<(Vec<Session>, Model)>,
}

/// An operation from each four bytes.
pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let mut stage = Stage::new();
    for _ in 0..MOST {
        if input.is_empty() {
            break;
        }
        let [operation, number, generation, time] = input.take();
        stage.act(operation, number % SESSIONS, u64::from(generation), u64::from(time));
        stage.compare_rows();
    }
}

impl Stage {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(START)));
        let store = MemoryStore::with_clock(clock.clone());
        let rules = Rules::new(millis(IDLE), millis(ABSOLUTE), millis(WINDOW)).expect("good rules");
        let keys = RefreshKeys::new(KEY_ID, &SECRET).expect("long enough");
        let sessions = Sessions::new(Arc::new(store.clone()), keys, rules);
        Self { model: Model { now: START, ..Model::default() }, clock, store, sessions, backup: None }
    }

    fn act(&mut self, operation: u8, number: u8, generation: u64, time: u64) {
        let user = number % 2;
        let newest = self.model.rows.get(&number).map_or(0, |row| row.generation);
        match operation % 12 {
            0 | 1 => {
                let opened = at_once(self.store.insert(session(number, &name(user), millis(IDLE), millis(ABSOLUTE))));
                assert_eq!(opened.is_ok(), !self.model.rows.contains_key(&number));
                if opened.is_ok() {
                    self.model.open(number, user);
                }
            }
            2..=4 => self.refresh(number, newest, true),
            5 => self.refresh(number, newest.saturating_sub(1), time % 8 != 0),
            6 => self.refresh(number, generation, true),
            7 => {
                let closed = at_once(self.sessions.close_by_token(&token(number, generation))).expect("an answer");
                assert_eq!(closed.is_some(), self.model.close(number));
            }
            8 => {
                let except = (time % 2 == 1).then_some(number);
                let closed = at_once(self.sessions.close_all(&name(user), except.map(id))).expect("an answer");
                assert_eq!(closed, self.model.close_all(user, except).into_iter().map(id).collect::<Vec<_>>());
            }
            9 => {
                let passed = [1, WINDOW - 1, WINDOW, IDLE / 2, IDLE - 1, IDLE, ABSOLUTE, time * 100];
                self.model.now += passed[usize::from(generation as u8) % passed.len()];
                self.clock.set(Timestamp(self.model.now));
            }
            10 => match self.backup.take() {
                None => self.backup = Some((self.store.backup(), self.model.clone())),
                Some((rows, model)) => {
                    self.store.restore(rows);
                    self.model.rows = model.rows;
                }
            },
            _ => {
                let pruned = at_once(self.sessions.prune(millis(time * 1000))).expect("an answer");
                assert_eq!(pruned, self.model.prune(time * 1000) as u64);
            }
        }
    }

    fn refresh(&mut self, number: u8, generation: u64, right_client: bool) {
        let client = if right_client { CLIENT } else { "another" };
        let own = match at_once(self.sessions.refresh(&token(number, generation), client)) {
            Ok(refreshed) => {
                let newest = refreshed.session.generation;
                assert_eq!(refreshed.token.as_str(), token(number, newest));
                Answer::Token(newest)
            }
            Err(RefreshError::Refused { why, .. }) => Answer::Refused(why),
            Err(other) => panic!("no verdict: {other:?}"),
        };
        assert_eq!(own, self.model.refresh(number, generation, right_client));
    }

    /// Every row, every list and the feed.
    fn compare_rows(&mut self) {
        let rows = at_once(self.sessions.list_all(None, 100)).expect("rows");
        assert_eq!(
            rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            self.model.rows.keys().map(|it| id(*it)).collect::<Vec<_>>()
        );
        for (own, other) in rows.iter().zip(self.model.rows.values_mut()) {
            assert_eq!((own.state, own.generation), (other.state, other.generation));
            assert_eq!(own.rotated_at.0, other.rotated_at);
            assert_eq!(own.last_seen_at.0, other.last_seen_at);
            assert_eq!((own.idle_expires_at.0, own.absolute_expires_at.0), (other.idle_end, other.absolute_end));
            assert_eq!(own.ended_at.is_some(), own.state != State::Open);
            // The feed's numbers may run a little ahead of the clock; once said, a moment stays.
            match (own.ended_at, other.ended_at) {
                (Some(now), Some(before)) => assert_eq!(now.0, before),
                (now, _) => other.ended_at = now.map(|now| now.0),
            }
        }
        for user in 0..2 {
            let mut living: Vec<_> =
                at_once(self.sessions.list(&name(user))).expect("a list").iter().map(|row| row.id).collect();
            living.sort_unstable();
            assert_eq!(living, self.model.living(user).into_iter().map(id).collect::<Vec<_>>());
        }
        let feed = at_once(self.sessions.revoked_since(FeedCursor::START, 100)).expect("a page").revocations;
        assert!(feed.is_sorted_by_key(|revocation| revocation.cursor));
        for row in &rows {
            let told = feed.iter().any(|revocation| revocation.session_id == row.id);
            assert!(told || row.state == State::Open, "an ending that the feed does not tell");
        }
    }
}

fn name(user: u8) -> String {
    format!("user-{user}")
}

fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

fn millis(time: u64) -> Duration {
    Duration::from_millis(time)
}
