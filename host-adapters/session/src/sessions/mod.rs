//! The service: logins, refreshes and logouts over any store.

mod doubts;
mod outcome;
mod refresh;

pub use outcome::{How, RefreshError, Refreshed, Refused};

use crate::counters::Counters;
use crate::refresh_token::Claimed;
use crate::{
    Doubt, Ending, FeedCursor, FeedPage, Login, NewSession, Reading, RefreshKeys, RefreshToken, Rules, Salt, Session,
    SessionId, SessionStore, Snapshot, StoreError, StoreErrorKind, Timestamp,
};
use doubts::Doubts;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The life of logins: opened, refreshed, closed. A clone is a second handle.
///
/// Several of them, in any number of processes, may work on the same database.
#[derive(Clone)]
pub struct Sessions {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn SessionStore>,
    keys: RwLock<Arc<RefreshKeys>>,
    rules: Rules,
    counters: Counters,
    doubts: Doubts,
}

/// A genuine token, looked at and not used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Presented {
    /// Its session.
    pub session: Session,
    /// Its generation.
    pub generation: u64,
    /// The store's time.
    pub now: Timestamp,
}

impl Presented {
    /// Whether a refresh with it would be answered for being the newest token of a living session.
    pub fn current(&self) -> bool {
        self.session.alive(self.now) && self.generation >= self.session.generation
    }
}

impl Sessions {
    /// Sessions in this store, with these secrets and rules.
    pub fn new(store: Arc<dyn SessionStore>, keys: RefreshKeys, rules: Rules) -> Self {
        let keys = RwLock::new(Arc::new(keys));
        Self {
            shared: Arc::new(Shared { store, keys, rules, counters: Counters::default(), doubts: Doubts::default() }),
        }
    }

    /// Opens a session for a login that the caller has checked.
    ///
    /// # Errors
    /// Those of the store, and [`StoreErrorKind::Refused`] for texts that are too long.
    pub async fn open(&self, login: Login<'_>) -> Result<Refreshed, StoreError> {
        login.check()?;
        let keys = self.keys();
        let (user_id, client, label, scope) = login.parts();
        let no_randomness =
            || StoreError::new(StoreErrorKind::Other, "the operating system has no random bytes to give");
        let new = NewSession {
            id: SessionId::random().ok_or_else(no_randomness)?,
            user_id: user_id.to_owned(),
            client: client.to_owned(),
            label: label.map(str::to_owned),
            scope: scope.map(str::to_owned),
            key_id: keys.current(),
            salt: Salt::random().ok_or_else(no_randomness)?,
            idle: self.shared.rules.idle(),
            absolute: self.shared.rules.absolute(),
        };
        let session = self.shared.store.insert(new).await?;
        let token = RefreshToken::newest(&session, &keys)
            .ok_or_else(|| StoreError::new(StoreErrorKind::Other, "the store changed the session's key id"))?;
        self.shared.counters.opened.add();
        let now = session.created_at;
        Ok(Refreshed { session, token, how: How::Opened, now })
    }

    /// Ends the session of a genuine token, of whatever generation: a logout. Answers the session if this call ended it;
    /// of a token that is none of ours, or of a session that is over already, it takes no notice.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close_by_token(&self, token: &str) -> Result<Option<Session>, StoreError> {
        match self.find_by_token(token).await? {
            Some(presented) => self.close(presented.session.id).await,
            None => Ok(None),
        }
    }

    /// Ends a session. Answers it if this call ended it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.shared.store.end(id, Ending::Closed).await
    }

    /// Ends all sessions of a user, but for one if so asked: a logout everywhere, or a changed password. Answers which.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close_all(&self, user_id: &str, except: Option<SessionId>) -> Result<Vec<SessionId>, StoreError> {
        self.shared.store.end_all(user_id, except).await
    }

    /// The session, whatever its state, and the store's time to judge it by.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find(&self, id: SessionId) -> Result<Option<Reading>, StoreError> {
        self.shared.store.read(id).await
    }

    /// The session of a genuine token, of whatever generation and state. Nothing is used up or burnt.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_by_token(&self, token: &str) -> Result<Option<Presented>, StoreError> {
        let Some(claimed) = Claimed::read(token) else { return Ok(None) };
        let found = self.shared.store.read(claimed.session).await?;
        let genuine = found.filter(|reading| claimed.genuine(&reading.session, &self.keys()));
        Ok(genuine.map(|Reading { session, now }| Presented { session, generation: claimed.generation, now }))
    }

    /// The user's living sessions, the last seen first, at most [`MAX_LISTED`](crate::MAX_LISTED).
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self, user_id: &str) -> Result<Vec<Session>, StoreError> {
        self.shared.store.list(user_id).await
    }

    /// Sessions of all users and in any state, in the order of their ids: at most `limit` of those after `after`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_all(&self, after: Option<SessionId>, limit: u32) -> Result<Vec<Session>, StoreError> {
        self.shared.store.list_all(after, limit).await
    }

    /// What was ended after this place of the feed: at most `limit`, oldest first, and where to go on.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn revoked_since(&self, after: FeedCursor, limit: u32) -> Result<FeedPage, StoreError> {
        let limit = limit.clamp(1, u32::MAX - 1);
        let mut revocations = self.shared.store.revoked_since(after, limit + 1).await?;
        let more = revocations.len() > limit as usize;
        revocations.truncate(limit as usize);
        let next = revocations.last().map_or(after, |last| last.cursor);
        Ok(FeedPage { revocations, next, more })
    }

    /// Removes sessions that ended, or reached their absolute end, longer than `keep` ago, and answers how many.
    ///
    /// `keep` is how long the feed goes back: at least as long as an access token lives, and verifiers take to ask.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prune(&self, keep: Duration) -> Result<u64, StoreError> {
        self.shared.store.prune(keep).await
    }

    /// Whether the store can answer now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.shared.store.check().await
    }

    /// Notes that the answer with this token was not delivered, or may not have been. The client may then come again with the
    /// token before it, however late.
    ///
    /// The store is told by [`settle_doubts`](Self::settle_doubts).
    pub fn doubt(&self, refreshed: &Refreshed) {
        let Refreshed { session, now, .. } = refreshed;
        self.shared.doubts.add(Doubt { id: session.id, generation: session.generation, until: *now });
    }

    /// Whether there are doubts that the store has not been told. Refreshes leave some that got no answer from the store.
    pub fn has_doubts(&self) -> bool {
        !self.shared.doubts.is_empty()
    }

    /// Tells the store which rotations are in doubt, so that other servers know. To be called when there are
    /// [some](Self::has_doubts), and once more a moment later if that failed. They are kept until then, for a quarter of an
    /// hour and ten thousand sessions at most.
    ///
    /// # Errors
    /// The last one of the store.
    pub async fn settle_doubts(&self) -> Result<(), StoreError> {
        let mut settled = Ok(());
        for doubt in self.shared.doubts.all() {
            // One row that is held for long must not keep the others waiting for ever.
            if let Err(error) = self.settle(doubt).await {
                settled = Err(error);
            }
        }
        settled
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), StoreError> {
        self.shared.store.doubt(doubt).await?;
        self.shared.doubts.remove(doubt);
        Ok(())
    }

    /// Works with these secrets from now on, see [`RefreshKeys`].
    pub fn set_keys(&self, keys: RefreshKeys) {
        *self.shared.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.shared.rules
    }

    /// What became of the refreshes of this value and its clones.
    pub fn counters(&self) -> Snapshot {
        self.shared.counters.snapshot()
    }

    fn keys(&self) -> Arc<RefreshKeys> {
        Arc::clone(&self.shared.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { rules, counters, .. } = &*self.shared;
        f.debug_struct("Sessions").field("rules", rules).field("counters", counters).finish_non_exhaustive()
    }
}
