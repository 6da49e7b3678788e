//! When to look again: after a success by what the server says of its document, after a failure ever later.

use std::ops::RangeInclusive;
use std::time::Duration;

/// When documents are fetched anew. Chance comes from the caller, so that every answer here can be repeated.
#[derive(Clone, Debug)]
pub(crate) struct Freshness {
    /// What `Cache-Control` may say; outside of it, the nearer end.
    pub(crate) within: RangeInclusive<Duration>,
    /// The server's word does not count, this does.
    pub(crate) fixed: Option<Duration>,
    /// The first and the longest pause after failures.
    pub(crate) retry: RangeInclusive<Duration>,
}

/// Where the server says nothing.
const UNSAID: Duration = Duration::from_secs(15 * 60);
/// No plan reaches further than this; a `Duration` can, and an `Instant` cannot.
const FURTHEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The next fetch is never nearer than this, whatever the settings say, so that the thread cannot fetch without a pause.
const NEAREST: Duration = Duration::from_millis(100);

impl Default for Freshness {
    fn default() -> Self {
        Self {
            within: Duration::from_secs(60)..=Duration::from_secs(24 * 60 * 60),
            fixed: None,
            retry: Duration::from_secs(1)..=Duration::from_secs(60),
        }
    }
}

impl Freshness {
    /// How long a document that just came is used before the next look: up to a tenth less than it could be, by
    /// `chance`, so that servers that were started together do not ask together.
    pub(crate) fn after_success(&self, said: Option<Duration>, chance: u16) -> Duration {
        let wanted = match self.fixed {
            Some(fixed) => fixed,
            None => limited(said.unwrap_or(UNSAID), &self.within),
        };
        let wanted = wanted.min(FURTHEST);
        let early = wanted / 10 * u32::from(chance) / u32::from(u16::MAX);
        (wanted - early).max(NEAREST)
    }

    /// The pause after so many failures in a row: twice as long each time, and between half of that and all by
    /// `chance`.
    pub(crate) fn after_failures(&self, failures: u32, chance: u16) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let pause = self.retry.start().saturating_mul(1 << doublings).min(*self.retry.end()).min(FURTHEST);
        let half = pause / 2;
        (half + half * u32::from(chance) / u32::from(u16::MAX)).max(NEAREST)
    }
}

/// How long a document may be used, by its `Cache-Control` and `Age` (RFC 9111 §4.2); `None` if they say nothing.
///
/// What contradicts itself or cannot be read counts as stale, which asks again soonest.
pub(crate) fn said<'h>(cache_control: impl Iterator<Item = &'h [u8]>, age: Option<&[u8]>) -> Option<Duration> {
    let mut least: Option<u64> = None;
    for line in cache_control {
        for directive in line.split(|byte| *byte == b',') {
            let (name, value) = match directive.iter().position(|byte| *byte == b'=') {
                Some(at) => (directive.get(..at)?, directive.get(at + 1..)?),
                None => (directive, &[][..]),
            };
            let name = name.trim_ascii();
            let seconds = if name.eq_ignore_ascii_case(b"max-age") {
                seconds(value).unwrap_or(0)
            } else if name.eq_ignore_ascii_case(b"no-store") || name.eq_ignore_ascii_case(b"no-cache") {
                0
            } else {
                continue;
            };
            least = Some(least.map_or(seconds, |known| known.min(seconds)));
        }
    }
    let age = age.and_then(seconds).unwrap_or(0);
    least.map(|least| Duration::from_secs(least.saturating_sub(age)))
}

/// Digits, maybe in quotes; more than fit are very many.
fn seconds(value: &[u8]) -> Option<u64> {
    let value = value.trim_ascii();
    let value = value.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")).unwrap_or(value);
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(std::str::from_utf8(value).ok()?.parse().unwrap_or(u64::MAX))
}

fn limited(wanted: Duration, within: &RangeInclusive<Duration>) -> Duration {
    // Not `clamp`, which panics where the limits are the wrong way round.
    wanted.max(*within.start()).min(*within.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cache_control: &[&str], age: Option<&str>) -> Option<u64> {
        said(cache_control.iter().map(|line| line.as_bytes()), age.map(str::as_bytes)).map(|said| said.as_secs())
    }

    #[test]
    fn cache_control_is_read_as_it_is_written() {
        assert_eq!(read(&[], None), None);
        assert_eq!(read(&["public, must-revalidate"], Some("7")), None);
        assert_eq!(read(&["public, max-age=3600"], None), Some(3600));
        assert_eq!(read(&["Max-Age = \"60\" ,private"], None), Some(60));
        assert_eq!(read(&["max-age=3600"], Some("600")), Some(3000));
        assert_eq!(read(&["max-age=3600"], Some("4000")), Some(0));
        assert_eq!(read(&["max-age=3600"], Some("soon")), Some(3600));
        assert_eq!(read(&["s-maxage=9, max-age=5"], None), Some(5));
        assert_eq!(read(&["max-age=60", "max-age=30"], None), Some(30));
        assert_eq!(read(&["max-age=3600, no-store"], None), Some(0));
        assert_eq!(read(&["no-cache=\"set-cookie\""], None), Some(0));
        for bad in ["max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=1h"] {
            assert_eq!(read(&[bad], None), Some(0), "{bad}");
        }
        assert_eq!(read(&[&format!("max-age={}", "9".repeat(50))], None), Some(u64::MAX));
    }

    #[test]
    fn success_is_bounded_by_the_settings() {
        let seconds = Duration::from_secs;
        let usual = Freshness::default();
        assert_eq!(usual.after_success(None, 0), seconds(900));
        assert_eq!(usual.after_success(None, u16::MAX), seconds(810));
        assert_eq!(usual.after_success(Some(seconds(0)), 0), seconds(60));
        assert_eq!(usual.after_success(Some(Duration::MAX), 0), seconds(86_400));
        let fixed = Freshness { fixed: Some(seconds(5)), ..Freshness::default() };
        assert_eq!(fixed.after_success(Some(seconds(3600)), 0), seconds(5));
        for odd in [Duration::ZERO, Duration::MAX] {
            let odd = Freshness { fixed: Some(odd), ..Freshness::default() };
            let next = odd.after_success(None, u16::MAX);
            assert!((NEAREST..=FURTHEST).contains(&next));
        }
        let reversed = Freshness { within: seconds(60)..=seconds(10), ..Freshness::default() };
        assert_eq!(reversed.after_success(None, 0), seconds(10));
    }

    #[test]
    fn failures_are_retried_ever_later() {
        let usual = Freshness::default();
        let pauses: Vec<u64> = (1..9).map(|count| usual.after_failures(count, u16::MAX).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(usual.after_failures(3, 0), Duration::from_secs(2));
        assert_eq!(usual.after_failures(u32::MAX, u16::MAX), Duration::from_secs(60));
        let never = Freshness { retry: Duration::ZERO..=Duration::MAX, ..Freshness::default() };
        assert_eq!(never.after_failures(u32::MAX, 0), NEAREST);
    }
}
