//! Measures which of two calls is slower, on a machine that runs other programs too.

use std::time::Instant;

/// Measures how many times as long `one` takes as `others` do on average. The two take turns, so that a slow moment of the
/// machine affects both. If `one` seems slow, the median of several tries is returned.
pub fn ratio(mut others: impl FnMut(), mut one: impl FnMut()) -> f64 {
    let round = |call: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..24).for_each(|_| call());
        start.elapsed().as_secs_f64()
    };
    let mut attempt = || {
        let mut fastest = [f64::INFINITY; 2];
        for _ in 0..8 {
            fastest[0] = fastest[0].min(round(&mut others));
            fastest[1] = fastest[1].min(round(&mut one));
        }
        fastest[1] / fastest[0]
    };
    let first = attempt();
    if first < 1.2 {
        return first;
    }
    let mut all: [f64; 5] = std::array::from_fn(|_| attempt());
    all.sort_by(f64::total_cmp);
    all[2]
}
