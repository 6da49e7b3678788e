//! Contestants in turn, round after round; each has its best round and its median.

use std::time::Duration;

/// One thing that is measured; a call is a round.
pub struct Contestant<'a> {
    pub name: String,
    pub round: Box<dyn FnMut() -> Round + 'a>,
}

impl<'a> Contestant<'a> {
    pub fn new(name: impl Into<String>, round: impl FnMut() -> Round + 'a) -> Self {
        Self { name: name.into(), round: Box::new(round) }
    }
}

#[derive(Clone, Copy)]
pub struct Round {
    /// A second.
    pub rate: f64,
    /// What the server's processes spent on processors, by a second of the clock.
    pub spent: Option<Duration>,
}

pub struct Outcome {
    pub name: String,
    rates: Vec<f64>,
    /// Microseconds for one answer.
    costs: Vec<f64>,
}

/// Every contestant once to warm up, and then once in each of so many rounds, which begin with another one in turn.
pub fn hold(rounds: usize, mut contestants: Vec<Contestant<'_>>) -> Vec<Outcome> {
    for contestant in &mut contestants {
        (contestant.round)();
    }
    let mut outcomes: Vec<_> = contestants
        .iter()
        .map(|contestant| Outcome { name: contestant.name.clone(), rates: Vec::new(), costs: Vec::new() })
        .collect();
    let count = contestants.len();
    for round in 0..rounds {
        for turn in 0..count {
            let at = (round + turn) % count;
            let Round { rate, spent } = (contestants[at].round)();
            outcomes[at].rates.push(rate);
            if let Some(spent) = spent {
                outcomes[at].costs.push(spent.as_secs_f64() * 1e6 / rate);
            }
        }
    }
    outcomes
}

impl Outcome {
    /// The best rate, as noise only ever takes away.
    pub fn best(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, f64::max)
    }

    pub fn median(&self) -> f64 {
        median(&self.rates)
    }

    /// The least that an answer has cost the server, in microseconds, and the median.
    pub fn cost(&self) -> Option<(f64, f64)> {
        let least = self.costs.iter().copied().reduce(f64::min)?;
        Some((least, median(&self.costs)))
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = ((sorted.len() - 1) / 2, sorted.len() / 2);
    f64::midpoint(sorted[low], sorted[high])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn rounds_are_interleaved_and_summed_up() {
        let order = RefCell::new(Vec::new());
        let contestant = |name: &'static str, rates: [f64; 4]| {
            let mut rates = rates.into_iter();
            let order = &order;
            Contestant::new(name, move || {
                order.borrow_mut().push(name);
                let rate = rates.next().expect("one to warm up, and three rounds");
                Round { rate, spent: (name == "a").then_some(Duration::from_millis(1)) }
            })
        };
        let outcomes = hold(3, vec![contestant("a", [99.0, 10.0, 30.0, 20.0]), contestant("b", [99.0, 1.0, 1.0, 4.0])]);
        assert_eq!(*order.borrow(), ["a", "b", "a", "b", "b", "a", "a", "b"]);
        assert_eq!((outcomes[0].best(), outcomes[0].median()), (30.0, 20.0));
        assert_eq!((outcomes[1].best(), outcomes[1].median()), (4.0, 1.0));
        assert_eq!(outcomes[0].cost(), Some((1e3 / 30.0, 50.0)));
        assert_eq!(outcomes[1].cost(), None);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
