//! Contestants in turn, many short rounds; the fastest round of each is its figure, as noise only ever adds.

use std::time::{Duration, Instant};

/// How long a contest lasts.
const DURATION: Duration = Duration::from_secs(4);

/// Calls each contestant as often as it says in a round, one after the other, until the time is over; gives the
/// nanoseconds of one call in the fastest round of each.
pub fn fastest<const N: usize>(mut contestants: [(u32, &mut dyn FnMut()); N]) -> [f64; N] {
    let mut nanoseconds = [f64::INFINITY; N];
    let start = Instant::now();
    while start.elapsed() < DURATION {
        for (best, (repetitions, contestant)) in nanoseconds.iter_mut().zip(&mut contestants) {
            let round = Instant::now();
            for _ in 0..*repetitions {
                contestant();
            }
            *best = best.min(round.elapsed().as_secs_f64() * 1e9 / f64::from(*repetitions));
        }
    }
    nanoseconds
}
