//! A presented refresh token: everything is checked before anything changes, and one conditional statement decides.

use super::doubts::UnderWay;
use super::{How, RefreshError, Refreshed, Refused, Sessions};
use crate::refresh_token::Claimed;
use crate::rules::{Decision, decide};
use crate::{Advance, Reading, RefreshKeys, RefreshToken, Session, StoreError, StoreErrorKind, Timestamp};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// How often a row is read again after another call has changed it in between.
///
/// One more reading is normally enough; more occur only after a backup was restored, when clients bring later and later tokens.
const ROUNDS: usize = 16;

/// A genuine refresh token and the row of its session, as it was read. Nothing has changed yet.
///
/// Only [`Sessions::present`] and [`Sessions::find_by_token`] create one, after they have verified the token.
#[must_use = "the token is not refreshed until it is rotated"]
pub struct Presented {
    sessions: Sessions,
    claimed: Claimed,
    keys: Arc<RefreshKeys>,
    reading: Reading,
    /// When the reading arrived, by the clock of this process.
    read_at: Instant,
}

impl Sessions {
    /// Replaces the newest refresh token of a session by its successor.
    ///
    /// The immediate predecessor gets the same successor for a while
    /// ([`Rules::reuse_grace_period`](crate::Rules::reuse_grace_period)), because answers get lost and tabs refresh at the
    /// same time; an earlier generation revokes the session. A future that is dropped, or that ends in an error of the
    /// store, may have had its effect. Such a rotation is in doubt, and the client may present the same token again, however
    /// late: see [`settle_doubts`](Self::settle_doubts).
    ///
    /// # Errors
    /// [`RefreshError::Refused`] is a verdict; every other error says nothing about the token.
    pub async fn refresh(&self, token: &str, client: &str) -> Result<Refreshed, RefreshError> {
        self.present(token).await?.rotate(client).await
    }

    /// Verifies a token that a client presents to refresh its session: reads the row, once, and computes the MAC.
    /// [`Presented::rotate`] completes the refresh.
    ///
    /// # Errors
    /// [`Refused::Unknown`] if the token is not genuine, and the errors of the store. Both are counted as refreshes.
    pub async fn present(&self, token: &str) -> Result<Presented, RefreshError> {
        let error = match self.find_by_token(token).await {
            Ok(Some(presented)) => return Ok(presented),
            Ok(None) => RefreshError::verdict(Refused::Unknown, None),
            Err(error) => error.into(),
        };
        self.count_error(&error);
        Err(error)
    }

    /// Finds the session of a genuine token of any generation, in any state. It changes nothing and counts nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_by_token(&self, token: &str) -> Result<Option<Presented>, StoreError> {
        let Some(claimed) = Claimed::read(token) else { return Ok(None) };
        let Some(reading) = self.shared.store.read(claimed.session).await? else { return Ok(None) };
        let (read_at, keys) = (Instant::now(), self.keys());
        if !claimed.genuine(&reading.session, &keys) {
            return Ok(None);
        }
        Ok(Some(Presented { sessions: self.clone(), claimed, keys, reading, read_at }))
    }

    fn count(&self, outcome: &Result<Refreshed, RefreshError>) {
        let counters = &self.shared.counters;
        match outcome {
            Ok(refreshed) => match refreshed.how {
                How::Opened => {}
                How::Rotated => counters.rotated.add(),
                How::Replayed => counters.replayed.add(),
                How::FastForwarded => {
                    counters.fast_forwarded.add();
                    let session = refreshed.session.id;
                    tracing::warn!(%session, "refresh token is newer than its session: the database was restored from a backup");
                }
            },
            Err(error) => self.count_error(error),
        }
    }

    fn count_error(&self, error: &RefreshError) {
        let counters = &self.shared.counters;
        match error {
            RefreshError::Refused { why, session } => match why {
                Refused::Unknown => counters.unknown.add(),
                Refused::OtherClient => counters.other_client.add(),
                Refused::Expired => counters.expired.add(),
                Refused::Closed => counters.closed.add(),
                Refused::RevokedForReuse => counters.revoked_for_reuse.add(),
                Refused::Reuse => {
                    counters.reuse.add();
                    let session = session.as_ref().map(|session| tracing::field::display(session.id));
                    tracing::warn!(session, "refresh token was reused: session revoked");
                }
            },
            RefreshError::Store(_) | RefreshError::KeyMissing(_) => counters.failed.add(),
        }
    }
}

impl Presented {
    /// Returns the session, as the row was when it was read.
    pub const fn session(&self) -> &Session {
        &self.reading.session
    }

    /// Returns the generation of the token.
    pub const fn generation(&self) -> u64 {
        self.claimed.generation
    }

    /// Returns the time of the store when the row was read.
    pub const fn now(&self) -> Timestamp {
        self.reading.now
    }

    /// Returns whether the session was alive when the row was read.
    pub fn alive(&self) -> bool {
        self.session().alive(self.now())
    }

    /// Returns whether this is the newest token of a session that was alive when the row was read.
    pub fn current(&self) -> bool {
        self.alive() && self.generation() >= self.session().generation
    }

    /// Refreshes the session, see [`Sessions::refresh`]. The reading decides which statement is sent, and the statement
    /// checks the row again; the row is read again only if it has changed in between.
    ///
    /// # Errors
    /// [`RefreshError::Refused`] is a verdict; every other error says nothing about the token.
    pub async fn rotate(self, client: &str) -> Result<Refreshed, RefreshError> {
        let sessions = self.sessions.clone();
        let outcome = self.rotated(client).await;
        sessions.count(&outcome);
        outcome
    }

    async fn rotated(self, client: &str) -> Result<Refreshed, RefreshError> {
        let Self { sessions, claimed, keys, reading, mut read_at } = self;
        let shared = &*sessions.shared;
        let mut next = Some(reading);
        // Whether the token was the newest one at the first reading.
        let mut was_newest = false;
        // Whether this call has waited for the marks of other servers.
        let mut waited = false;
        for _ in 0..ROUNDS {
            let Reading { session, now } = match next.take() {
                Some(reading) => reading,
                None => {
                    let unknown = || RefreshError::verdict(Refused::Unknown, None);
                    let reading = shared.store.read(claimed.session).await?.ok_or_else(unknown)?;
                    read_at = Instant::now();
                    if !claimed.genuine(&reading.session, &keys) {
                        return Err(unknown());
                    }
                    reading
                }
            };
            if session.client != client {
                return Err(RefreshError::verdict(Refused::OtherClient, Some(session)));
            }
            let (from, to) = (session.generation, claimed.generation + 1);
            let step = Advance { id: session.id, from, to, key_id: keys.current(), idle: shared.rules.idle() };
            let how = match decide(&session, claimed.generation, now, &shared.rules) {
                Decision::Rotate => How::Rotated,
                Decision::FastForward => How::FastForwarded,
                Decision::Replay => return answer(session, &keys, How::Replayed, now),
                Decision::InDoubt => {
                    let under_way = UnderWay::new(&shared.doubts, session.id, to, now, read_at);
                    let again = shared.store.redeliver(session.id, to).await?;
                    under_way.answered();
                    match again {
                        Some(Reading { session, now }) => return answer(session, &keys, How::Replayed, now),
                        None => continue,
                    }
                }
                // The call began before the rotation that replaced the token was visible. So it is one of several refreshes
                // at the same time, however long the commit of that rotation took.
                Decision::Reuse if was_newest && to == from && !shared.rules.reuse_grace_period().is_zero() => {
                    return answer(session, &keys, How::Replayed, now);
                }
                Decision::Reuse => {
                    let doubt = shared.doubts.about(&session).filter(|_| to == from);
                    if let Some(doubt) = doubt {
                        sessions.settle(doubt).await?;
                        continue;
                    }
                    if to == from && !waited {
                        waited = true;
                        shared.store.await_marks().await?;
                        continue;
                    }
                    match shared.store.revoke_for_reuse(session.id, claimed.generation).await? {
                        Some(session) => return Err(RefreshError::verdict(Refused::Reuse, Some(session))),
                        // Another call has ended it first, or it has become in doubt.
                        None => continue,
                    }
                }
                Decision::Expired => return Err(RefreshError::verdict(Refused::Expired, Some(session))),
                Decision::Closed => return Err(RefreshError::verdict(Refused::Closed, Some(session))),
                Decision::RevokedForReuse => {
                    return Err(RefreshError::verdict(Refused::RevokedForReuse, Some(session)));
                }
            };
            was_newest |= how == How::Rotated;
            let under_way = UnderWay::new(&shared.doubts, session.id, to, now, read_at);
            let advanced = shared.store.advance(step).await?;
            under_way.answered();
            // If the row has changed since it was read, the next round decides by the new row.
            if let Some(Reading { session, now }) = advanced {
                shared.doubts.forget(session.id);
                return answer(session, &keys, how, now);
            }
        }
        let text = "the session was changed by other calls again and again";
        Err(StoreError::new(StoreErrorKind::Unavailable, text).into())
    }
}

/// Shows nothing of the token.
impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Presented");
        shown.field("reading", &self.reading).field("generation", &self.generation()).finish_non_exhaustive()
    }
}

fn answer(session: Session, keys: &RefreshKeys, how: How, now: Timestamp) -> Result<Refreshed, RefreshError> {
    let token = RefreshToken::newest(&session, keys).ok_or(RefreshError::KeyMissing(session.key_id))?;
    Ok(Refreshed { session, token, how, now })
}
