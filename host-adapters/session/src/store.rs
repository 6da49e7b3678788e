//! What a store of sessions must be able to do, and how atomically.

use crate::{Ending, FeedCursor, NewSession, Revocation, Session, SessionId, StoreError, Timestamp};
use std::pin::Pin;
use std::time::Duration;

/// The future of a method of a store.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// How many sessions [`SessionStore::list`] returns at most.
pub const MAX_LISTED: u32 = 1000;

/// A row, and the time of the store when it was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The row.
    pub session: Session,
    /// The store's time, not before any time in the row unless that clock was set back.
    pub now: Timestamp,
}

/// One step of the generation of a session, made only if the row has not changed.
#[derive(Clone, Copy, Debug)]
pub struct Advance {
    /// Which session.
    pub id: SessionId,
    /// The generation that it must still have.
    pub from: u64,
    /// The generation that it has then; later than `from`.
    pub to: u64,
    /// The id of the secret for tokens of that generation.
    pub key_id: u8,
    /// How long it lives from now on without another step.
    pub idle: Duration,
}

/// A rotation whose answer may not have reached its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Which session.
    pub id: SessionId,
    /// The generation that the rotation leads to.
    pub generation: u64,
    /// By the store's clock, when the statement in question was over at the latest. A rotation after that is another one,
    /// and not in doubt.
    pub until: Timestamp,
}

impl Doubt {
    /// Returns whether it is about the newest rotation of this row.
    pub fn is_about(&self, session: &Session) -> bool {
        self.id == session.id && self.generation == session.generation && session.rotated_at <= self.until
    }
}

/// A store of sessions, with one clock for all programs that use it.
///
/// Every method is one atomic change or one consistent read. Changes of the same session exclude each other: one waits until the
/// other is done, and then sees its effect. Later calls, of any process on the same store, see what a method has returned. A
/// future that is dropped may or may not have had its effect, but never half of it.
///
/// The contract is a suite of tests, see the feature `contract`.
pub trait SessionStore: Send + Sync {
    /// Inserts an open row of generation 0. Its times count from the store's now ([`NewSession::into_session`]).
    fn insert(&self, new: NewSession) -> StoreFuture<'_, Session>;

    /// Returns the row in any state, and the store's time.
    fn read(&self, id: SessionId) -> StoreFuture<'_, Option<Reading>>;

    /// Advances the row if, at the moment of the change itself, it has the generation `from`, is open, and has not expired by
    /// the store's clock. Sets `generation` and `key_id`. Sets `rotated_at` and `last_seen_at` to the store's now, `in_doubt`
    /// to false, and `idle_expires_at` to now plus `idle`, at most `absolute_expires_at`, which does not change.
    /// Returns the new row, or `None` if a condition did not hold.
    fn advance(&self, step: Advance) -> StoreFuture<'_, Option<Reading>>;

    /// Marks the newest rotation as in doubt if the session is open, has that generation, and was rotated no later than
    /// [`Doubt::until`]. Waits for a concurrent change of the row. Returns whether the rotation is in doubt afterwards.
    fn doubt(&self, doubt: Doubt) -> StoreFuture<'_, bool>;

    /// Clears the doubt, because the newest token is sent to the client once more. Requires that the session is open, has not
    /// expired, has this generation, and is in doubt. Sets `in_doubt` to false and `rotated_at` to the store's now, and
    /// nothing else. Returns the new row, or `None` if a condition did not hold.
    fn redeliver(&self, id: SessionId, generation: u64) -> StoreFuture<'_, Option<Reading>>;

    /// Waits until other servers have probably marked the rotations that they have in [doubt](Self::doubt). It is called once
    /// before the immediate predecessor of a newest token is treated as stolen. By default it returns immediately; a store
    /// that several servers share and that can stall overrides it.
    fn await_marks(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Ends the session as [`Ending::RevokedForReuse`], as [`end`](Self::end) does, because a token of the generation
    /// `presented` was used again. Does nothing if the row is in doubt and `presented` is the immediate predecessor of its
    /// generation.
    fn revoke_for_reuse(&self, id: SessionId, presented: u64) -> StoreFuture<'_, Option<Session>>;

    /// Ends the session if it is open, and adds it to the feed at the next position. Returns the changed row, or `None` if the
    /// session was not open.
    fn end(&self, id: SessionId, how: Ending) -> StoreFuture<'_, Option<Session>>;

    /// Ends every open session of the user except `except`, as [`Ending::Closed`]. Ends all of them or, on an error, none.
    /// Returns their ids.
    fn end_all<'a>(&'a self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, Vec<SessionId>>;

    /// Returns the user's live sessions, the most recently seen first, at most [`MAX_LISTED`].
    fn list<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>>;

    /// Returns sessions of all users and in any state, in the order of their ids: at most `limit` of those after `after`.
    fn list_all(&self, after: Option<SessionId>, limit: u32) -> StoreFuture<'_, Vec<Session>>;

    /// Returns the sessions that ended after this position of the feed, oldest first, at most `limit`.
    ///
    /// A reader that continues from the last position it received misses nothing: an ending that becomes visible later has a
    /// later position.
    fn revoked_since(&self, after: FeedCursor, limit: u32) -> StoreFuture<'_, Vec<Revocation>>;

    /// Removes rows that ended, or reached their absolute end, longer than `keep` ago. Returns how many.
    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64>;

    /// Checks, by a cheap statement, that the store answers.
    fn check(&self) -> StoreFuture<'_, ()>;
}
