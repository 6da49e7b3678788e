//! The rules of rotation, written down a second time: what every operation must answer.

use glowband_session::{Refused, State};
use std::collections::BTreeMap;

/// All in milliseconds.
pub const IDLE: u64 = 100_000;
pub const ABSOLUTE: u64 = 400_000;
pub const WINDOW: u64 = 10_000;

#[derive(Clone, Debug)]
pub struct Row {
    pub user: u8,
    pub generation: u64,
    pub state: State,
    pub rotated_at: u64,
    pub last_seen_at: u64,
    pub idle_end: u64,
    pub absolute_end: u64,
    pub ended_at: Option<u64>,
}

/// What a refresh comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// The token of this generation.
    Token(u64),
    Refused(Refused),
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub now: u64,
    pub rows: BTreeMap<u8, Row>,
}

impl Row {
    pub fn alive(&self, now: u64) -> bool {
        self.state == State::Open && now < self.idle_end && now < self.absolute_end
    }
}

impl Model {
    pub fn open(&mut self, number: u8, user: u8) {
        let now = self.now;
        let row = Row {
            user,
            generation: 0,
            state: State::Open,
            rotated_at: now,
            last_seen_at: now,
            idle_end: now + IDLE,
            absolute_end: now + ABSOLUTE,
            ended_at: None,
        };
        self.rows.insert(number, row);
    }

    /// A refresh with the genuine token of this generation.
    pub fn refresh(&mut self, number: u8, presented: u64, right_client: bool) -> Answer {
        let now = self.now;
        let Some(row) = self.rows.get_mut(&number) else { return Answer::Refused(Refused::Unknown) };
        let over = match row.state {
            _ if !right_client => Some(Refused::OtherClient),
            State::Closed => Some(Refused::Closed),
            State::RevokedForReuse => Some(Refused::RevokedForReuse),
            State::Open if !row.alive(now) => Some(Refused::Expired),
            State::Open => None,
        };
        if let Some(why) = over {
            return Answer::Refused(why);
        }
        if presented >= row.generation {
            row.generation = presented + 1;
            (row.rotated_at, row.last_seen_at) = (now, now);
            row.idle_end = (now + IDLE).min(row.absolute_end);
            Answer::Token(presented + 1)
        } else if presented + 1 == row.generation && now.saturating_sub(row.rotated_at) < WINDOW {
            Answer::Token(row.generation)
        } else {
            row.state = State::RevokedForReuse;
            Answer::Refused(Refused::Reuse)
        }
    }

    /// Ends it, if it is open.
    pub fn close(&mut self, number: u8) -> bool {
        match self.rows.get_mut(&number) {
            Some(row) if row.state == State::Open => {
                row.state = State::Closed;
                true
            }
            _ => false,
        }
    }

    pub fn close_all(&mut self, user: u8, except: Option<u8>) -> Vec<u8> {
        let wanted = |(number, row): (&u8, &Row)| {
            (row.user == user && row.state == State::Open && Some(*number) != except).then_some(*number)
        };
        let numbers: Vec<u8> = self.rows.iter().filter_map(wanted).collect();
        numbers.iter().for_each(|number| {
            self.close(*number);
        });
        numbers
    }

    pub fn prune(&mut self, keep: u64) -> usize {
        let kept = self.now.saturating_sub(keep);
        let before = self.rows.len();
        self.rows.retain(|_, row| row.absolute_end >= kept && row.ended_at.is_none_or(|ended| ended >= kept));
        before - self.rows.len()
    }

    /// The user's living sessions.
    pub fn living(&self, user: u8) -> Vec<u8> {
        let wanted = |(number, row): (&u8, &Row)| (row.user == user && row.alive(self.now)).then_some(*number);
        self.rows.iter().filter_map(wanted).collect()
    }
}
