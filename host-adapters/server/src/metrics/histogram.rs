//! How long requests took: so many within each bound.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The bounds, in milliseconds.
const BOUNDS: [u64; 13] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// A histogram of durations.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// By the first bound that a duration does not exceed; the last is for those beyond all of them.
    within: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

impl Histogram {
    pub(crate) fn add(&self, took: Duration) {
        let at = BOUNDS.iter().position(|bound| took <= Duration::from_millis(*bound)).unwrap_or(BOUNDS.len());
        self.within[at].fetch_add(1, Ordering::Relaxed);
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// Writes the series of a histogram that is called `name`, each with these labels.
    pub(crate) fn write(&self, f: &mut impl fmt::Write, name: &str, labels: &str) -> fmt::Result {
        let mut count = 0;
        for (at, counter) in self.within.iter().enumerate() {
            count += counter.load(Ordering::Relaxed);
            match BOUNDS.get(at) {
                Some(bound) => writeln!(f, "{name}_bucket{{{labels},le=\"{}\"}} {count}", Seconds(bound * 1_000))?,
                None => writeln!(f, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}")?,
            }
        }
        let sum = Seconds(self.microseconds.load(Ordering::Relaxed));
        writeln!(f, "{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {count}")
    }
}

/// Microseconds, written as seconds without what floats would add.
pub(crate) struct Seconds(pub(crate) u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if rest == 0 {
            return whole.fmt(f);
        }
        let digits = format!("{rest:06}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_what_is_within_them_and_all_that_is_shorter() {
        let histogram = Histogram::default();
        for milliseconds in [0, 1, 2, 3, 10_000, 10_001] {
            histogram.add(Duration::from_millis(milliseconds));
        }
        let mut text = String::new();
        histogram.write(&mut text, "d", "r=\"x\"").unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), BOUNDS.len() + 3);
        assert_eq!(lines[0], "d_bucket{r=\"x\",le=\"0.001\"} 2");
        assert_eq!(lines[1], "d_bucket{r=\"x\",le=\"0.002\"} 3");
        assert_eq!(lines[2], "d_bucket{r=\"x\",le=\"0.005\"} 4");
        assert_eq!(lines[12], "d_bucket{r=\"x\",le=\"10\"} 5");
        assert_eq!(lines[13], "d_bucket{r=\"x\",le=\"+Inf\"} 6");
        assert_eq!(lines[14..], ["d_sum{r=\"x\"} 20.007", "d_count{r=\"x\"} 6"]);
    }
}
