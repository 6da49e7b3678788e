//! Every act of a login against every ending of it, at the same time, again and again.
//!
//! `GLOWBAND_RACES=500` sets the number of rounds for each pair; a plain run has few.

use crate::test_database::{TestDatabase, on_both};
use glowband_session::{Ending, Refreshed, StoreError, Timestamp};
use glowband_storage::{Ends, LiveLogin, NewPersonalToken, NotLive, UserRow};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Rounds for each pair, unless `GLOWBAND_RACES` says otherwise.
const ROUNDS: usize = 12;
/// How many rounds run at once.
const AT_ONCE: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    CreateToken,
    RevokeToken,
    ChangePassword,
    EndOne,
    EndAll,
}

const DEEDS: [Deed; 5] = [Deed::CreateToken, Deed::RevokeToken, Deed::ChangePassword, Deed::EndOne, Deed::EndAll];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Logout,
    LogoutEverywhere,
    NewPassword,
    Deletion,
    Reuse,
    Revoked,
    Disabled,
    Reset,
    UserDeleted,
}

const ENDS: [End; 9] = [
    End::Logout,
    End::LogoutEverywhere,
    End::NewPassword,
    End::Deletion,
    End::Reuse,
    End::Revoked,
    End::Disabled,
    End::Reset,
    End::UserDeleted,
];

/// When a token was made that is not revoked, and when one was revoked.
const CREATED_AT: &str = "SELECT created_at FROM personal_tokens WHERE id = $1 AND revoked_at IS NULL";
const REVOKED_AT: &str = "SELECT revoked_at FROM personal_tokens WHERE id = $1";

/// What one round begins with.
struct Round {
    user: UserRow,
    /// The login that acts, and is ended.
    own: Refreshed,
    /// A login of the same user that ends the other one.
    other: Refreshed,
    /// A login of the same user that an act ends.
    third: Refreshed,
    /// A token that was made before.
    old: String,
    /// A token that an act makes.
    new: String,
}

fn token(id: &str) -> NewPersonalToken<'_> {
    NewPersonalToken { id, digest: [7; 32], name: "a token", scope: None, lifetime: None, most: 50 }
}

impl Round {
    async fn new(database: &TestDatabase, email: &str) -> Self {
        let user = database.user(email).await;
        let (own, other, third) =
            (database.login(&user).await, database.login(&user).await, database.login(&user).await);
        let (old, new) = (format!("old of {email}"), format!("new of {email}"));
        let round = Self { user, own, other, third, old, new };
        let mut act =
            database.storage.live_logins().act(&round.login(database, &round.other).await, Ends::Own).await.unwrap();
        act.insert_personal_token(token(&round.old)).await.unwrap().unwrap();
        act.commit().await.unwrap();
        round
    }

    async fn login(&self, database: &TestDatabase, opened: &Refreshed) -> LiveLogin {
        database.live_login(opened.session.id, &self.user).await
    }

    /// What a handler does after the body of its request is there. Answers whether it was done.
    async fn act(&self, database: &TestDatabase, login: &LiveLogin, deed: Deed) -> Result<bool, StoreError> {
        let ends = match deed {
            Deed::CreateToken | Deed::RevokeToken => Ends::Own,
            Deed::EndOne => Ends::One(self.third.session.id),
            Deed::ChangePassword | Deed::EndAll => Ends::All,
        };
        let mut act = match database.storage.live_logins().act(login, ends).await {
            Ok(act) => act,
            Err(NotLive::Store(error)) => return Err(error),
            Err(NotLive::Ended | NotLive::Changed) => return Ok(false),
        };
        let done = match deed {
            Deed::CreateToken => act.insert_personal_token(token(&self.new)).await?.is_some(),
            Deed::RevokeToken => act.revoke_personal_token(&self.old).await?.is_some(),
            Deed::ChangePassword => {
                act.set_password("of the act").await?;
                act.end_others().await? > 0
            }
            Deed::EndOne => act.end(self.third.session.id).await?.is_some(),
            Deed::EndAll => act.end_all().await? > 0,
        };
        act.commit().await?;
        Ok(done)
    }

    /// Answers whether the login was ended by it.
    async fn end(&self, database: &TestDatabase, login: &LiveLogin, end: End) -> Result<bool, StoreError> {
        let (sessions, id, user) = (database.storage.sessions(), self.own.session.id, &self.user.id);
        match end {
            End::Logout | End::Revoked => return Ok(sessions.end(id, Ending::Closed).await?.is_some()),
            // A token of an earlier generation ends its session like this.
            End::Reuse => return Ok(sessions.end(id, Ending::RevokedForReuse).await?.is_some()),
            End::LogoutEverywhere => return Ok(sessions.end_all(user, None).await?.contains(&id)),
            End::NewPassword | End::Deletion => {
                let ends = if end == End::Deletion { Ends::One(id) } else { Ends::All };
                let mut act = match database.storage.live_logins().act(login, ends).await {
                    Ok(act) => act,
                    Err(NotLive::Store(error)) => return Err(error),
                    Err(NotLive::Ended | NotLive::Changed) => return Ok(false),
                };
                let ended = if end == End::Deletion {
                    act.end(id).await?.is_some()
                } else {
                    act.set_password("of the ending").await?;
                    act.revoke_personal_tokens().await?;
                    act.end_others().await? > 0
                };
                act.commit().await?;
                return Ok(ended);
            }
            End::Disabled => assert!(database.storage.users().disable(user).await?.is_some()),
            End::Reset => assert!(database.storage.users().set_password(user, "of the ending").await?.is_some()),
            End::UserDeleted => assert!(database.storage.users().disable(user).await?.is_some()),
        }
        let ended = sessions.end_all(user, None).await?.contains(&id);
        match end {
            End::Reset => drop(database.storage.personal_tokens().revoke_all(user).await?),
            End::UserDeleted => assert!(database.storage.users().delete(user).await?),
            _ => {}
        }
        Ok(ended)
    }

    /// Whether something was done after the login had ended.
    async fn survived(&self, database: &TestDatabase, deed: Deed, end: End, done: bool, ended: bool) -> bool {
        let user = database.storage.users().find(&self.user.id).await.unwrap();
        let over =
            match (self.ended_at(database, &self.own).await, user.as_ref().and_then(|found| found.user.disabled_at)) {
                (Some(ended), Some(disabled)) => Some(ended.min(disabled)),
                (ended, _) => ended,
            };
        // The clock of the SQLite file stands still here, while the times of endings move on with the feed's numbers.
        let has_time = !database.is_sqlite();
        let late = |moment: Option<Timestamp>| {
            has_time && matches!((moment, over), (Some(moment), Some(over)) if moment > over)
        };
        let made = database.time(CREATED_AT, &self.new).await;
        let revoked = database.time(REVOKED_AT, &self.old).await;
        let password = user.as_ref().map(|found| found.password.clone());
        let third = self.ended_at(database, &self.third).await;
        match deed {
            Deed::CreateToken => {
                let of_no_one = made.is_some() && !done;
                let kept = made.is_some() && ended && matches!(end, End::NewPassword | End::Reset | End::UserDeleted);
                of_no_one || kept || late(made)
            }
            Deed::RevokeToken => {
                let by_ending = matches!(end, End::NewPassword | End::Reset);
                !by_ending && ((revoked.is_some() && !done) || late(revoked))
            }
            Deed::ChangePassword => {
                let set = password.as_deref() == Some("of the act");
                let changed = user.as_ref().map(|found| found.user.password_changed_at);
                set && (!done || end == End::Reset || late(changed))
            }
            Deed::EndOne => {
                let by_ending = matches!(
                    end,
                    End::LogoutEverywhere | End::NewPassword | End::Disabled | End::Reset | End::UserDeleted
                );
                (third.is_some() && !done && !by_ending) || (done && late(third))
            }
            Deed::EndAll => done && late(third),
        }
    }

    async fn ended_at(&self, database: &TestDatabase, opened: &Refreshed) -> Option<Timestamp> {
        let read = database.storage.sessions().read(opened.session.id).await.unwrap();
        read.expect("a row of a session stays").session.ended_at
    }
}

/// Counts of one pair.
#[derive(Debug, Default)]
struct Counts {
    done: AtomicUsize,
    refused: AtomicUsize,
    survivors: AtomicUsize,
}

/// Keeps a processor busy until it is told to stop, as the password hashes of a server under load do.
fn compute(stop: &AtomicBool) {
    let mut number = 1_u64;
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..10_000 {
            number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
}

async fn race(database: &TestDatabase, deed: Deed, end: End, rounds: usize) -> Counts {
    let (counts, next) = (Counts::default(), AtomicUsize::new(0));
    let worker = async || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= rounds {
                return;
            }
            let round = Round::new(database, &format!("{deed:?}.{end:?}.{number}@example.org")).await;
            // Both were looked at when the heads of their requests arrived.
            let (own, other) = (round.login(database, &round.own).await, round.login(database, &round.other).await);
            let wait = |step: usize| Duration::from_micros((number * step % 7 * 300) as u64);
            let act = async {
                tokio::time::sleep(wait(3)).await;
                round.act(database, &own, deed).await.unwrap()
            };
            let ending = async {
                tokio::time::sleep(wait(5)).await;
                round.end(database, &other, end).await.unwrap()
            };
            let (done, ended) = tokio::join!(act, ending);
            let of = if done { &counts.done } else { &counts.refused };
            of.fetch_add(1, Ordering::Relaxed);
            if round.survived(database, deed, end, done, ended).await {
                counts.survivors.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    join_all((0..AT_ONCE).map(|_| Box::pin(worker())).collect()).await;
    counts
}

/// Drives all of them on this task: each waits for the database most of the time.
async fn join_all<F: Future<Output = ()> + Unpin>(mut futures: Vec<F>) {
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| std::pin::Pin::new(future).poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_act_comes_after_the_end_of_its_login() {
    let wanted = std::env::var("GLOWBAND_RACES").ok().and_then(|rounds| rounds.parse().ok());
    on_both(async |database| {
        let rounds = wanted.unwrap_or(ROUNDS);
        let stop = Arc::new(AtomicBool::new(false));
        let load = tokio::task::spawn_blocking({
            let stop = Arc::clone(&stop);
            move || compute(&stop)
        });
        let (mut done, mut refused, mut survivors) = (0, 0, Vec::new());
        for deed in DEEDS {
            for end in ENDS {
                let counts = race(database, deed, end, rounds).await;
                done += counts.done.into_inner();
                refused += counts.refused.into_inner();
                let count = counts.survivors.into_inner();
                if count > 0 {
                    survivors.push((deed, end, count));
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
        load.await.unwrap();
        assert_eq!(survivors, [], "of {rounds} rounds each");
        assert!(done > 0 && refused > 0, "{done} acts were done and {refused} refused: nothing raced");
        let kind = if database.is_sqlite() { "SQLite" } else { "PostgreSQL" };
        crate::say(&format!(
            "{kind}: {} pairs of an act and an ending, {rounds} rounds each: {done} acts done, {refused} refused, \
             0 survivors",
            DEEDS.len() * ENDS.len()
        ));
    })
    .await;
}
