//! One budget per key: GCRA with a table of fixed size.

use super::Limit;
use super::table::Table;
use super::time::Time;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Budget {
    limiter: RateLimiter<u64, Kept, Time, NoOpMiddleware<Nanos>>,
    table: Arc<Table>,
    /// The cost of one attempt, in nanoseconds of refilling.
    price: u64,
}

/// The table as the limiter's store.
#[derive(Debug)]
struct Kept(Arc<Table>);

impl StateStore for Kept {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.replace(*key, |spent| {
            let (result, spent) = f(spent.map(Nanos::new))?;
            Ok((result, spent.as_u64()))
        })
    }
}

impl Budget {
    pub(super) fn new(limit: Limit, entries: usize, time: Time) -> Self {
        let count = limit.count();
        // `None` means a period of zero.
        let one_by_one = Quota::with_period(limit.per() / count.get()).unwrap_or(Quota::per_second(count));
        let quota = one_by_one.allow_burst(count);
        let table = Arc::new(Table::new(entries));
        let price = u64::try_from(quota.replenish_interval().as_nanos()).unwrap_or(u64::MAX);
        let limiter = RateLimiter::new(quota, Kept(Arc::clone(&table)), time);
        Self { limiter, table, price }
    }

    /// Takes one attempt. The error is the number of seconds until the next one, at least 1.
    pub(super) fn take(&self, key: u64) -> Result<(), u64> {
        self.limiter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.limiter.clock().now());
            u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
        })
    }

    /// Refunds one attempt.
    pub(super) fn give_back(&self, key: u64) {
        self.table.change(key, |spent| spent.saturating_sub(self.price));
    }

    /// Refunds all attempts.
    pub(super) fn forget(&self, key: u64) {
        self.table.change(key, |_| 0);
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.table.bytes()
    }
}
