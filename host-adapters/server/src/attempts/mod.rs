//! How often passwords may be tried, per account and per address, in memory that does not grow.
//!
//! | what is counted | budget by default | stops |
//! |---|---|---|
//! | failed logins of one account **from one address** | 10, back in 15 min | guessing at an account |
//! | failed logins of one account from **anywhere new** | 100, back in 150 min | guessing from a thousand machines |
//! | failed logins from one address | 100, back in 15 min | trying one password on a thousand accounts |
//! | logins of one account that succeed | 100, back in 15 min | keeping all cores busy with a password that is right |
//! | registrations from one address | 20, back in 1 h | filling the database |
//!
//! Nobody can lock an owner out for long. Whoever fails at an account from one address exhausts that pair and nothing
//! else. A client that fails at it from a thousand addresses exhausts what the account has for *new* addresses. One from which
//! its owner has registered or logged in within 30 days does not draw on that: this module knows those since the start of
//! the server, and the database all of them, which its caller asks where a stranger would be refused. So only an owner on
//! a new address, during an attack from many, has to wait: 90 seconds by default for each turn, which is contended.
//!
//! A login that succeeds gives back what it took: to the pair everything, since whoever has the password needs no more
//! guesses at it; to the account and to the address only this one attempt, else an attacker could log in to an account of
//! their own between guesses at others, or profit from the owner's logins. A refused attempt takes nothing, so that waiting
//! as long as one is told is always enough.
//!
//! Accounts are counted by a keyed hash of the e-mail address, whether they exist or not. An address is IPv4, or the /64
//! network of IPv6, which is what one customer has. Each server counts alone and forgets its counts when it ends: behind a
//! balancer with N servers the budgets are up to N times as large.

mod budget;
mod limit;
mod table;
mod time;

pub(crate) use limit::Limit;

use crate::accounts::Email;
use crate::known_addresses::KNOWN_FOR;
use budget::Budget;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use table::{KeyedHash, Table};
use time::Time;

/// What operators may set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptLimits {
    /// Failed logins of one account from one address. Ten times as many at once, at the same rate in the long run, may come
    /// from everywhere new together.
    pub(crate) per_account: Limit,
    /// Failed logins from one address.
    pub(crate) per_address: Limit,
    pub(crate) registrations_per_address: Limit,
}

impl Default for AttemptLimits {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        Self {
            per_account: Limit::of(10, 15 * MINUTE),
            per_address: Limit::of(100, 15 * MINUTE),
            registrations_per_address: Limit::of(20, 60 * MINUTE),
        }
    }
}

/// Counts attempts. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Attempts(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hash: KeyedHash,
    pair: Budget,
    account: Budget,
    address: Budget,
    successes: Budget,
    registrations: Budget,
    /// Pairs that have succeeded, with the moment.
    known: Table,
    /// Pairs that the database does not know, with the moment in which it was asked.
    strangers: Table,
    /// Limits that were reported lately, with the moment.
    reported: Table,
    report_again: Duration,
    time: Time,
    refused: AtomicU64,
}

/// Too many attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// For `Retry-After`; at least 1.
    pub(crate) seconds: u64,
    pub(crate) of: Counted,
    /// Whether this is worth a line in the audit log; what follows in the same lockout is not.
    pub(crate) news: bool,
}

/// Which budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    AccountFromAddress,
    Account,
    Address,
    Successes,
    Registrations,
}

impl Counted {
    /// For the audit log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AccountFromAddress => "failed logins of one account from this address",
            Self::Account => "failed logins of one account from new addresses",
            Self::Address => "failed logins from this address",
            Self::Successes => "logins of one account",
            Self::Registrations => "registrations from this address",
        }
    }
}

/// For how long the database is not asked again whether it knows a pair.
const STRANGER_FOR: Duration = Duration::from_secs(60);
/// Entries of each table, of 16 bytes: 4 MiB when an attack has filled it.
const ENTRIES: usize = 1 << 18;

impl Attempts {
    pub(crate) fn new(limits: AttemptLimits) -> Self {
        Self::with_time(limits, Time::real())
    }

    fn with_time(limits: AttemptLimits, time: Time) -> Self {
        let budget = |limit| Budget::new(limit, ENTRIES, time.clone());
        Self(Arc::new(Shared {
            hash: KeyedHash::default(),
            pair: budget(limits.per_account),
            account: budget(limits.per_account.times(10).over(10)),
            address: budget(limits.per_address),
            successes: budget(limits.per_account.times(10)),
            registrations: budget(limits.registrations_per_address),
            known: Table::new(ENTRIES),
            strangers: Table::new(ENTRIES / 8),
            reported: Table::new(ENTRIES / 8),
            report_again: limits.per_account.per(),
            time,
            refused: AtomicU64::new(0),
        }))
    }

    /// Takes an attempt at `account` from the budgets, before the password is looked at: attempts side by side count too.
    /// `known`: the database knows the address as one of the account's.
    pub(crate) fn login(&self, account: &Email, from: IpAddr, known: bool) -> Result<LoginAttempt, TooMany> {
        let shared = &*self.0;
        let address = network(from);
        let pair = shared.hash.of(&(account.key(), address));
        let keys = Keys {
            account: shared.hash.of(&account.key()),
            address: shared.hash.of(&address),
            pair,
            known: known || shared.is_known(pair),
        };
        // The tightest first. What was taken is given back when a later one refuses.
        let mut taken = Vec::with_capacity(4);
        for (counted, budget, key) in shared.budgets(&keys) {
            if let Err(seconds) = budget.take(key) {
                for (budget, key) in taken {
                    Budget::give_back(budget, key);
                }
                return Err(shared.refuse(counted, key, seconds));
            }
            taken.push((budget, key));
        }
        Ok(LoginAttempt { attempts: self.clone(), keys, ended: false })
    }

    /// Whether an attempt is refused unless the database knows the address, and was not asked just now.
    pub(crate) fn would_refuse_a_stranger(&self, account: &Email, from: IpAddr) -> bool {
        let shared = &*self.0;
        let pair = shared.hash.of(&(account.key(), network(from)));
        if shared.is_known(pair) || shared.is_within(&shared.strangers, pair, STRANGER_FOR) {
            return false;
        }
        let key = shared.hash.of(&account.key());
        match shared.account.take(key) {
            Ok(()) => {
                shared.account.give_back(key);
                false
            }
            Err(_) => true,
        }
    }

    /// Keeps in mind that the owner of the account has proven who they are from this address.
    pub(crate) fn keep(&self, account: &Email, from: IpAddr) {
        let shared = &*self.0;
        shared.known.set(shared.hash.of(&(account.key(), network(from))), shared.time.nanos());
    }

    /// Keeps in mind for a minute that the database does not know the address as one of the account's.
    pub(crate) fn keep_stranger(&self, account: &Email, from: IpAddr) {
        let shared = &*self.0;
        shared.strangers.set(shared.hash.of(&(account.key(), network(from))), shared.time.nanos());
    }

    /// Takes a registration from the address's budget.
    pub(crate) fn registration(&self, from: IpAddr) -> Result<(), TooMany> {
        let shared = &*self.0;
        let key = shared.hash.of(&network(from));
        shared.registrations.take(key).map_err(|seconds| shared.refuse(Counted::Registrations, key, seconds))
    }

    /// Attempts that were refused since the start.
    pub(crate) fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }
}

/// An attempt that may look at the password. Dropped without a word, it has failed.
#[must_use = "an attempt that ends without a word has failed"]
#[derive(Debug)]
pub(crate) struct LoginAttempt {
    attempts: Attempts,
    keys: Keys,
    ended: bool,
}

#[derive(Clone, Copy, Debug)]
struct Keys {
    account: u64,
    address: u64,
    pair: u64,
    /// Whether the account knows the address, so that the pair's budget is the only one that the account has for it.
    known: bool,
}

impl LoginAttempt {
    /// The password was right.
    pub(crate) fn succeeded(mut self) {
        self.ended = true;
        let shared = &*self.attempts.0;
        shared.pair.forget(self.keys.pair);
        shared.give_back_failures(&self.keys);
        shared.known.set(self.keys.pair, shared.time.nanos());
    }

    /// The password was not looked at, because the server could not.
    pub(crate) fn was_not_judged(mut self) {
        self.ended = true;
        let shared = &*self.attempts.0;
        shared.pair.give_back(self.keys.pair);
        shared.give_back_failures(&self.keys);
        shared.successes.give_back(self.keys.account);
    }
}

impl Drop for LoginAttempt {
    fn drop(&mut self) {
        if !self.ended {
            self.attempts.0.successes.give_back(self.keys.account);
        }
    }
}

impl Shared {
    fn budgets(&self, keys: &Keys) -> impl Iterator<Item = (Counted, &Budget, u64)> {
        [
            Some((Counted::AccountFromAddress, &self.pair, keys.pair)),
            Some((Counted::Successes, &self.successes, keys.account)),
            Some((Counted::Address, &self.address, keys.address)),
            (!keys.known).then_some((Counted::Account, &self.account, keys.account)),
        ]
        .into_iter()
        .flatten()
    }

    fn give_back_failures(&self, keys: &Keys) {
        self.address.give_back(keys.address);
        if !keys.known {
            self.account.give_back(keys.account);
        }
    }

    fn is_known(&self, pair: u64) -> bool {
        self.is_within(&self.known, pair, KNOWN_FOR)
    }

    fn is_within(&self, table: &Table, pair: u64, time: Duration) -> bool {
        let since = table.get(pair).map(|moment| self.time.nanos().saturating_sub(moment));
        since.is_some_and(|since| Duration::from_nanos(since) < time)
    }

    fn refuse(&self, of: Counted, key: u64, seconds: u64) -> TooMany {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let key = self.hash.of(&(of, key));
        let now = self.time.nanos();
        let last = self.reported.get(key).map(|moment| Duration::from_nanos(now.saturating_sub(moment)));
        let news = last.is_none_or(|since| since >= self.report_again);
        if news {
            self.reported.set(key, now);
        }
        TooMany { seconds, of, news }
    }
}

/// What one customer of a provider has: an IPv4 address, or 64 bits of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

#[cfg(test)]
mod tests;
