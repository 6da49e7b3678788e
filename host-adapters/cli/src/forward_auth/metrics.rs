//! The metrics of the gate in the text format of Prometheus: verdicts, the cache, and the age of the keys.

use super::gate::{Gate, KnownIssuer};
use super::key_origin::KeyOrigin;
use glowband_http::Guard;
use glowband_verify::KeySetStatus;
use std::fmt;

/// The sources of the metrics, which are read at each request.
#[derive(Clone)]
pub(super) struct Figures {
    guard: Guard,
    issuers: Vec<KnownIssuer>,
}

/// A metric: name, type, help.
type Family = (&'static str, &'static str, &'static str);

const KEYS: Family = ("glowband_keys", "gauge", "Keys in use.");
const GENERATION: Family =
    ("glowband_key_generation", "gauge", "Number of the current key set; each replacement adds 1.");
const FETCHES: Family =
    ("glowband_key_fetches_total", "counter", "Completed fetches of the key set, including failed ones.");
const FAILURES: Family = ("glowband_key_fetch_failures_total", "counter", "Failed fetches of the key set.");
const REFETCHES: Family = ("glowband_key_refetches_total", "counter", "Fetches caused by tokens with an unknown kid.");
const REFUSED: Family = (
    "glowband_key_refetches_refused_total",
    "counter",
    "Tokens with an unknown kid that caused no fetch because of the rate limit.",
);
const AGE: Family = ("glowband_key_age_seconds", "gauge", "Seconds since the last successful fetch of the keys.");

impl Figures {
    pub(super) fn of(gate: &Gate) -> Self {
        Self { guard: gate.guard(), issuers: gate.issuers().to_vec() }
    }

    /// Writes a metric for each issuer that has a value. With several issuers, each value has the label `issuer`.
    fn family(
        &self,
        f: &mut fmt::Formatter<'_>,
        family: Family,
        value: impl Fn(&KnownIssuer) -> Option<u64>,
    ) -> fmt::Result {
        let mut values = self.issuers.iter().filter_map(|issuer| Some((issuer, value(issuer)?))).peekable();
        let (name, kind, help) = family;
        if values.peek().is_some() {
            writeln!(f, "# HELP {name} {help}\n# TYPE {name} {kind}")?;
        }
        let several = self.issuers.len() > 1;
        values.try_for_each(|(issuer, value)| match several {
            true => writeln!(f, "{name}{{issuer=\"{}\"}} {value}", Label(&issuer.name)),
            false => writeln!(f, "{name} {value}"),
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guard.metrics().write_prometheus(f)?;
        let keys = |issuer: &KnownIssuer| u64::try_from(issuer.keys.snapshot().keys().len()).ok();
        self.family(f, KEYS, keys)?;
        self.family(f, GENERATION, |issuer| Some(issuer.keys.snapshot().generation()))?;
        if let Some(cache) = self.guard.verifier().cache_usage() {
            for (family, value) in [
                (("glowband_cache_hits_total", "counter", "Tokens found in the cache."), cache.hits),
                (("glowband_cache_misses_total", "counter", "Tokens not found in the cache."), cache.misses),
                (("glowband_cache_bytes", "gauge", "Bytes in the cache."), cache.bytes),
                (("glowband_cache_capacity_bytes", "gauge", "Greatest size of the cache in bytes."), cache.capacity),
            ] {
                let (name, kind, help) = family;
                writeln!(f, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}")?;
            }
        }
        let fetched = |read: fn(&KeySetStatus) -> Option<u64>| {
            move |issuer: &KnownIssuer| match &issuer.origin {
                KeyOrigin::Remote(remote) => read(&remote.status()),
                KeyOrigin::File(_) => None,
            }
        };
        self.family(f, FETCHES, fetched(|status| Some(status.fetches)))?;
        self.family(f, FAILURES, fetched(|status| Some(status.failures)))?;
        self.family(f, REFETCHES, fetched(|status| Some(status.refetches_by_unknown_kid)))?;
        self.family(f, REFUSED, fetched(|status| Some(status.refetches_refused)))?;
        self.family(f, AGE, fetched(|status| status.age.map(|age| age.as_secs())))
    }
}

/// The value of a label, escaped for the text format of Prometheus.
struct Label<'a>(&'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '"' | '\\' => write!(f, "\\{character}"),
            '\n' => f.write_str("\\n"),
            _ => write!(f, "{character}"),
        })
    }
}
