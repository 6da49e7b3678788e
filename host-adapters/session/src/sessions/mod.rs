//! The service: logins, refreshes and logouts over any store.

mod doubts;
mod outcome;
mod presented;

pub use outcome::{How, RefreshError, Refreshed, Refused};
pub use presented::Presented;

use crate::counters::Counters;
use crate::{
    Doubt, Ending, FeedCursor, FeedPage, Login, NewSession, Reading, RefreshKeys, RefreshToken, Rules, Salt, Session,
    SessionId, SessionStore, Snapshot, StoreError, StoreErrorKind,
};
use doubts::Doubts;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Opens, refreshes and ends sessions. A clone is a second handle.
///
/// Several of them, in any number of processes, may use the same store.
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

    /// Ends the session of a genuine token of any generation: a logout. Returns the session if this call ended it, and
    /// `None` for a token that is not genuine or a session that has ended already.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close_by_token(&self, token: &str) -> Result<Option<Session>, StoreError> {
        match self.find_by_token(token).await? {
            Some(presented) => self.close(presented.session().id).await,
            None => Ok(None),
        }
    }

    /// Ends a session. Returns it if this call ended it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.shared.store.end(id, Ending::Closed).await
    }

    /// Ends all sessions of a user, except one if given: a logout everywhere, or a changed password. Returns their ids.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close_all(&self, user_id: &str, except: Option<SessionId>) -> Result<Vec<SessionId>, StoreError> {
        self.shared.store.end_all(user_id, except).await
    }

    /// Returns the session in any state, and the time of the store.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find(&self, id: SessionId) -> Result<Option<Reading>, StoreError> {
        self.shared.store.read(id).await
    }

    /// Returns the user's sessions that are alive, the last seen first, at most [`MAX_LISTED`](crate::MAX_LISTED).
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self, user_id: &str) -> Result<Vec<Session>, StoreError> {
        self.shared.store.list(user_id).await
    }

    /// Returns sessions of all users and in any state, in the order of their ids: at most `limit` of those after `after`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_all(&self, after: Option<SessionId>, limit: u32) -> Result<Vec<Session>, StoreError> {
        self.shared.store.list_all(after, limit).await
    }

    /// Returns what was ended after this position of the feed: at most `limit`, oldest first, and where to continue.
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

    /// Deletes sessions that ended, or reached their absolute end, longer than `keep` ago. Returns how many.
    ///
    /// `keep` is how long the feed goes back: at least as long as an access token lives, and verifiers take to ask.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prune(&self, keep: Duration) -> Result<u64, StoreError> {
        self.shared.store.prune(keep).await
    }

    /// Checks that the store answers.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.shared.store.check().await
    }

    /// Records that the response with this token was not delivered, or may not have been. The client may then present the token
    /// before it again, however late.
    ///
    /// [`settle_doubts`](Self::settle_doubts) writes the doubt into the store.
    pub fn doubt(&self, refreshed: &Refreshed) {
        let Refreshed { session, now, .. } = refreshed;
        self.shared.doubts.add(Doubt { id: session.id, generation: session.generation, until: *now });
    }

    /// Returns whether there are doubts that are not in the store yet. A refresh that got no answer from the store leaves one.
    pub fn has_doubts(&self) -> bool {
        !self.shared.doubts.is_empty()
    }

    /// Writes into the store which rotations are in doubt, so that other servers see it. Call it when there are
    /// [some](Self::has_doubts), and again a moment later if it failed. Until then they are kept, at most a quarter of an hour
    /// and ten thousand sessions.
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

    /// Replaces the secrets, see [`RefreshKeys`].
    pub fn set_keys(&self, keys: RefreshKeys) {
        *self.shared.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Returns the rules.
    pub fn rules(&self) -> &Rules {
        &self.shared.rules
    }

    /// Returns how the refreshes of this value and its clones ended.
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
