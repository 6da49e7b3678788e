//! Counters of what became of refreshes: values of the service, nothing global.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often each outcome came, in the process.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) opened: Counter,
    pub(crate) rotated: Counter,
    pub(crate) replayed: Counter,
    pub(crate) fast_forwarded: Counter,
    pub(crate) reuse: Counter,
    pub(crate) expired: Counter,
    pub(crate) closed: Counter,
    pub(crate) revoked_for_reuse: Counter,
    pub(crate) other_client: Counter,
    pub(crate) unknown: Counter,
    pub(crate) failed: Counter,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        // Counters order nothing; a reader may see one of two that finish together.
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Sessions that were opened.
    pub opened: u64,
    /// Refreshes with the newest token.
    pub rotated: u64,
    /// Refreshes with its immediate predecessor, in time.
    pub replayed: u64,
    /// Refreshes with a token newer than the row: the database was restored from a backup.
    pub fast_forwarded: u64,
    /// Refreshes with a token of an earlier generation, each of which revoked its session.
    pub reuse: u64,
    /// Refreshes of sessions that had expired.
    pub expired: u64,
    /// Refreshes of sessions that had been closed.
    pub closed: u64,
    /// Refreshes of sessions that had been revoked for reuse before.
    pub revoked_for_reuse: u64,
    /// Refreshes with a genuine token by a client that it does not belong to.
    pub other_client: u64,
    /// Refreshes with a token that is not genuine.
    pub unknown: u64,
    /// Refreshes that failed because the store did.
    pub failed: u64,
}

impl Counters {
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            opened: self.opened.read(),
            rotated: self.rotated.read(),
            replayed: self.replayed.read(),
            fast_forwarded: self.fast_forwarded.read(),
            reuse: self.reuse.read(),
            expired: self.expired.read(),
            closed: self.closed.read(),
            revoked_for_reuse: self.revoked_for_reuse.read(),
            other_client: self.other_client.read(),
            unknown: self.unknown.read(),
            failed: self.failed.read(),
        }
    }
}

impl Snapshot {
    /// The counters in the text format of Prometheus, as `glowband_logins_total` and `glowband_refreshes_total` by
    /// `outcome`. Every series is there from the start.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_prometheus(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("# HELP glowband_logins_total Logins that became a session.\n")?;
        out.write_str("# TYPE glowband_logins_total counter\n")?;
        writeln!(out, "glowband_logins_total {}", self.opened)?;
        out.write_str("# HELP glowband_refreshes_total Refreshes by their outcome.\n")?;
        out.write_str("# TYPE glowband_refreshes_total counter\n")?;
        for (outcome, count) in [
            ("rotated", self.rotated),
            ("replayed", self.replayed),
            ("fast_forwarded", self.fast_forwarded),
            ("reuse", self.reuse),
            ("expired", self.expired),
            ("closed", self.closed),
            ("revoked_for_reuse", self.revoked_for_reuse),
            ("other_client", self.other_client),
            ("unknown", self.unknown),
            ("failed", self.failed),
        ] {
            writeln!(out, "glowband_refreshes_total{{outcome=\"{outcome}\"}} {count}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_reads_every_series() {
        let counters = Counters::default();
        let mut text = String::new();
        for counter in
            [&counters.opened, &counters.rotated, &counters.replayed, &counters.fast_forwarded, &counters.reuse]
        {
            counter.add();
        }
        for counter in [&counters.expired, &counters.closed, &counters.revoked_for_reuse, &counters.other_client] {
            counter.add();
        }
        counters.unknown.add();
        counters.failed.add();
        counters.snapshot().write_prometheus(&mut text).unwrap();
        assert_eq!(text.lines().filter(|line| line.ends_with(" 1")).count(), 11, "{text}");
        assert_eq!(text.lines().count(), 4 + 11);
    }
}
