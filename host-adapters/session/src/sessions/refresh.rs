//! One refresh: everything is checked before anything is used up, and one conditional statement decides.

use super::doubts::UnderWay;
use super::{How, RefreshError, Refreshed, Refused, Sessions};
use crate::refresh_token::Claimed;
use crate::rules::{Decision, judge};
use crate::{Advance, Reading, RefreshKeys, RefreshToken, Session, StoreError, StoreErrorKind, Timestamp};

/// How often a row is read anew after somebody else changed it in between.
///
/// One change is enough to settle what the token is; more can only follow where later tokens than the row come in one by
/// one, after a restore.
const ROUNDS: usize = 16;

impl Sessions {
    /// Replaces the newest refresh token of a session by its successor.
    ///
    /// The immediate predecessor gets the same successor for a while ([`Rules::replay_window`](crate::Rules)), since
    /// answers get lost and tabs refresh at once; anything older burns the session. A future that is dropped, or that ends in an
    /// error of the store, may have had its effect. Such a rotation is in doubt, and the client may come again with the same
    /// token, however late: see [`settle_doubts`](Self::settle_doubts).
    ///
    /// # Errors
    /// [`RefreshError::Refused`] is a verdict; everything else says nothing about the token.
    pub async fn refresh(&self, token: &str, client: &str) -> Result<Refreshed, RefreshError> {
        let outcome = self.refreshed(token, client).await;
        self.count(&outcome);
        outcome
    }

    async fn refreshed(&self, token: &str, client: &str) -> Result<Refreshed, RefreshError> {
        let keys = self.keys();
        let unknown = || RefreshError::verdict(Refused::Unknown, None);
        let claimed = Claimed::read(token).ok_or_else(unknown)?;
        let shared = &*self.shared;
        // Whether the token was the newest one when this call looked first.
        let mut was_newest = false;
        // Whether the marks of other servers were waited for.
        let mut waited = false;
        for _ in 0..ROUNDS {
            let Reading { session, now } = shared.store.read(claimed.session).await?.ok_or_else(unknown)?;
            if !claimed.genuine(&session, &keys) {
                return Err(unknown());
            }
            if session.client != client {
                return Err(RefreshError::verdict(Refused::OtherClient, Some(session)));
            }
            let (from, to) = (session.generation, claimed.generation + 1);
            let step = Advance { id: session.id, from, to, key_id: keys.current(), idle: shared.rules.idle() };
            let how = match judge(&session, claimed.generation, now, &shared.rules) {
                Decision::Rotate => How::Rotated,
                Decision::FastForward => How::FastForwarded,
                Decision::Replay => return answer(session, &keys, How::Replayed, now),
                Decision::InDoubt => {
                    let under_way = UnderWay::new(&shared.doubts, session.id, to, now);
                    let again = shared.store.hand_over_again(session.id, to).await?;
                    under_way.answered();
                    match again {
                        Some(Reading { session, now }) => return answer(session, &keys, How::Replayed, now),
                        None => continue,
                    }
                }
                // The call began before the rotation that replaced the token was visible, so it is one of those that
                // refresh at once, however long the commit of that rotation took.
                Decision::Reuse if was_newest && to == from && !shared.rules.replay_window().is_zero() => {
                    return answer(session, &keys, How::Replayed, now);
                }
                Decision::Reuse => {
                    let doubt = shared.doubts.about(&session).filter(|_| to == from);
                    if let Some(doubt) = doubt {
                        self.settle(doubt).await?;
                        continue;
                    }
                    if to == from && !waited {
                        waited = true;
                        shared.store.await_marks().await?;
                        continue;
                    }
                    match shared.store.burn(session.id, claimed.generation).await? {
                        Some(session) => return Err(RefreshError::verdict(Refused::Reuse, Some(session))),
                        // Another call has ended it first, or it has come to be in doubt.
                        None => continue,
                    }
                }
                Decision::Expired => return Err(RefreshError::verdict(Refused::Expired, Some(session))),
                Decision::Closed => return Err(RefreshError::verdict(Refused::Closed, Some(session))),
                Decision::Burnt => return Err(RefreshError::verdict(Refused::Burnt, Some(session))),
            };
            was_newest |= how == How::Rotated;
            let under_way = UnderWay::new(&shared.doubts, session.id, to, now);
            let advanced = shared.store.advance(step).await?;
            under_way.answered();
            // If the row has changed since it was read, it is judged anew as it is now.
            if let Some(Reading { session, now }) = advanced {
                shared.doubts.forget(session.id);
                return answer(session, &keys, how, now);
            }
        }
        let text = "the session was changed by others again and again";
        Err(StoreError::new(StoreErrorKind::Unavailable, text).into())
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
                    tracing::warn!(%session, "a refresh token later than its session: the database is an older backup");
                }
            },
            Err(RefreshError::Refused { why, session }) => match why {
                Refused::Unknown => counters.unknown.add(),
                Refused::OtherClient => counters.other_client.add(),
                Refused::Expired => counters.expired.add(),
                Refused::Closed => counters.closed.add(),
                Refused::Burnt => counters.burnt.add(),
                Refused::Reuse => {
                    counters.reuse.add();
                    let session = session.as_ref().map(|session| tracing::field::display(session.id));
                    tracing::warn!(session, "a refresh token was used again: its session is burnt");
                }
            },
            Err(RefreshError::Store(_) | RefreshError::KeyMissing(_)) => counters.failed.add(),
        }
    }
}

fn answer(session: Session, keys: &RefreshKeys, how: How, now: Timestamp) -> Result<Refreshed, RefreshError> {
    let token = RefreshToken::newest(&session, keys).ok_or(RefreshError::KeyMissing(session.key_id))?;
    Ok(Refreshed { session, token, how, now })
}
