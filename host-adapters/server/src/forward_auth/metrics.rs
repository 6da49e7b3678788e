//! What operators see: verdicts, the cache, the age of the keys; in Prometheus' text format.

use super::checked::{Gate, Origin};
use glowband_http::Guard;
use std::fmt;

/// Where the figures are read from, each time anew.
#[derive(Clone)]
pub(super) struct Figures {
    guard: Guard,
    origin: Origin,
}

impl Figures {
    pub(super) fn of(gate: &Gate) -> Self {
        Self { guard: gate.guard(), origin: gate.origin().clone() }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guard.metrics().write_prometheus(f)?;
        let snapshot = self.guard.verifier().keys().snapshot();
        let keys = u64::try_from(snapshot.keys().len()).unwrap_or(u64::MAX);
        gauge(f, "glowband_keys", "Keys in force.", keys)?;
        gauge(
            f,
            "glowband_key_generation",
            "Number of the key set in force, counted from the start.",
            snapshot.generation(),
        )?;
        if let Some(cache) = self.guard.verifier().cache_usage() {
            counter(f, "glowband_cache_hits_total", "Tokens found in the cache.", cache.hits)?;
            counter(f, "glowband_cache_misses_total", "Tokens not found in the cache.", cache.misses)?;
            gauge(f, "glowband_cache_bytes", "Bytes that the cache holds.", cache.bytes)?;
            gauge(f, "glowband_cache_capacity_bytes", "Bytes that the cache may hold.", cache.capacity)?;
        }
        let Origin::Remote(remote) = &self.origin else {
            return Ok(());
        };
        let status = remote.status();
        counter(f, "glowband_key_fetches_total", "Fetches of the key set that ended.", status.fetches)?;
        counter(f, "glowband_key_fetch_failures_total", "Those that failed.", status.failures)?;
        let (asked, refused) = (status.refetches_by_unknown_kid, status.refetches_refused);
        counter(f, "glowband_key_refetches_total", "Fetches because of an unknown kid.", asked)?;
        counter(f, "glowband_key_refetches_refused_total", "Unknown kids that caused no fetch.", refused)?;
        match status.age {
            None => Ok(()),
            Some(age) => {
                gauge(f, "glowband_key_age_seconds", "Since the issuer last confirmed the keys.", age.as_secs())
            }
        }
    }
}

fn gauge(f: &mut fmt::Formatter<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    writeln!(f, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}")
}

fn counter(f: &mut fmt::Formatter<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    writeln!(f, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}")
}
