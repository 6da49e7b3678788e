//! Contestants in turn, many short rounds; the fastest round of each is its figure, as noise only ever adds.

use std::time::{Duration, Instant};

/// The fastest rounds of `N` contestants, in nanoseconds for one call.
pub struct Contest<const N: usize> {
    nanoseconds: [f64; N],
}

/// How long a contest lasts.
const DURATION: Duration = Duration::from_secs(4);

impl<const N: usize> Contest<N> {
    /// Calls each contestant `repetitions` times a round, one after the other, until the time is over.
    pub fn run(repetitions: u32, mut contestants: [&mut dyn FnMut(); N]) -> Self {
        let mut nanoseconds = [f64::INFINITY; N];
        let start = Instant::now();
        while start.elapsed() < DURATION {
            for (best, contestant) in nanoseconds.iter_mut().zip(&mut contestants) {
                let round = Instant::now();
                for _ in 0..repetitions {
                    contestant();
                }
                *best = best.min(round.elapsed().as_secs_f64() * 1e9 / f64::from(repetitions));
            }
        }
        Self { nanoseconds }
    }

    /// A line of tab-separated figures.
    pub fn print(&self, path: &str) {
        let figures: Vec<_> = self.nanoseconds.iter().map(|best| format!("{best:.2}")).collect();
        println!("{path}\t{}", figures.join("\t"));
    }
}
