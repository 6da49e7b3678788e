//! Rate limits of login attempts, per account and per address, in memory of a fixed size.
//!
//! | counted | default budget | attack that it limits |
//! |---|---|---|
//! | failed logins of one account **from one address** | 10, refilled in 15 min | guessing the password of an account |
//! | failed logins of one account from **all unknown addresses** | 100, refilled in 150 min | guessing from many machines |
//! | failed logins from one address | 100, refilled in 15 min | trying one password on many accounts |
//! | successful logins of one account | 100, refilled in 15 min | using all cores with a correct password |
//! | registrations from one address | 20, refilled in 1 h | filling the database |
//!
//! An attacker cannot lock a user out for long. Failed logins from one address use up only the budget of this account and
//! address. Failed logins from many addresses use up the account's budget for *unknown* addresses. An address is known for
//! 30 days after the user registered or logged in from it, and known addresses do not use that budget. This module keeps the
//! known addresses since the start of the server. The database has all of them, and the caller asks it before an unknown
//! address is refused. Only a user on a new address has to wait during an attack from many addresses: 90 seconds per attempt
//! by default, in competition with the attacker.
//!
//! A successful login refunds the whole budget of its account and address, because the client has the password. The account
//! and the address get back only this one attempt. Otherwise attackers could log in to their own account between guesses, or
//! profit from the user's logins. A refused attempt costs nothing, so waiting for `Retry-After` is always enough.
//!
//! Accounts are identified by a keyed hash of the e-mail address, whether they exist or not. An address is an IPv4 address or
//! an IPv6 /64 network, which is what one customer has. Each server counts for itself and loses its counts when it stops.
//! With N servers behind a load balancer, the budgets are up to N times as large.

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

/// The settings of the limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptLimits {
    /// Failed logins of one account from one address. All unknown addresses together have ten times this budget, refilled at
    /// the same rate.
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

/// Counts attempts. Clones share the counts.
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
    /// Pairs of account and address with a successful login, and its time.
    known: Table,
    /// Pairs that are not in the database, and the time of the query.
    strangers: Table,
    /// Limits that were reported recently, and the time of the report.
    reported: Table,
    report_again: Duration,
    time: Time,
    refused: AtomicU64,
}

/// Too many attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// The seconds for `Retry-After`, at least 1.
    pub(crate) seconds: u64,
    pub(crate) of: Counted,
    /// Whether this refusal begins a lockout. Only then it is written to the audit log.
    pub(crate) news: bool,
}

/// The budget that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    AccountFromAddress,
    Account,
    Address,
    Successes,
    Registrations,
}

impl Counted {
    /// Returns the name for the audit log.
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

/// The time for which a negative answer of the database is kept.
const STRANGER_FOR: Duration = Duration::from_secs(60);
/// The number of entries of each table, with 16 bytes each: at most 4 MiB.
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

    /// Takes an attempt at `account` from the budgets before the password is checked, so that concurrent attempts count.
    /// `known` says that the database has this address as a known address of the account.
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
        // The smallest budget comes first. If a later budget refuses, the earlier ones are refunded.
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

    /// Returns whether the decision depends on the database: an unknown address would be refused, and there is no recent
    /// negative answer.
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

    /// Stores the address as a known address of the account.
    pub(crate) fn keep(&self, account: &Email, from: IpAddr) {
        let shared = &*self.0;
        shared.known.set(shared.hash.of(&(account.key(), network(from))), shared.time.nanos());
    }

    /// Stores for a minute that the database does not have this address as a known address of the account.
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

    /// Returns the number of refused attempts since the start.
    pub(crate) fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }
}

/// A permit to check one password. Dropping it counts as a failed attempt.
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
    /// Whether the address is a known address of the account. It then has only its own budget.
    known: bool,
}

impl LoginAttempt {
    /// Reports that the password was right.
    pub(crate) fn succeeded(mut self) {
        self.ended = true;
        let shared = &*self.attempts.0;
        shared.pair.forget(self.keys.pair);
        shared.give_back_failures(&self.keys);
        shared.known.set(self.keys.pair, shared.time.nanos());
    }

    /// Reports that the password was not checked, because the server failed.
    pub(crate) fn was_not_checked(mut self) {
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

/// Returns what one customer of a provider has: an IPv4 address, or an IPv6 /64 network.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

#[cfg(test)]
mod tests;
