//! Contestants in turn, many short rounds. The fastest round of each is its figure, as noise only ever adds; the middle
//! one says how much noise there was.

use crate::figures::Figure;
use std::time::{Duration, Instant};

/// How long a contest lasts for each of its contestants.
const FOR_EACH: Duration = Duration::from_millis(1200);
/// About how long a round is.
const ROUND: Duration = Duration::from_millis(2);

/// Everything that is measured in turn, as one table of the report.
pub struct Contest<'c> {
    table: &'static str,
    contestants: Vec<Contestant<'c>>,
}

struct Contestant<'c> {
    row: String,
    column: String,
    /// Tokens or signatures in one call.
    in_a_call: f64,
    call: Box<dyn FnMut() + 'c>,
}

impl<'c> Contest<'c> {
    pub fn new(table: &'static str) -> Self {
        Self { table, contestants: Vec::new() }
    }

    pub fn add(&mut self, row: impl Into<String>, column: impl Into<String>, call: impl FnMut() + 'c) {
        self.add_many(row, column, 1, call);
    }

    /// A contestant that does so many at once; its figure is that of one.
    pub fn add_many(
        &mut self,
        row: impl Into<String>,
        column: impl Into<String>,
        in_a_call: u32,
        call: impl FnMut() + 'c,
    ) {
        let (row, column, call) = (row.into(), column.into(), Box::new(call));
        self.contestants.push(Contestant { row, column, in_a_call: in_a_call.into(), call });
    }

    /// Measures, and prints a line for each contestant.
    pub fn run(mut self) {
        let calls: Vec<_> = self.contestants.iter_mut().map(Contestant::calls_in_a_round).collect();
        let mut rounds = vec![Vec::new(); self.contestants.len()];
        let (start, duration) = (Instant::now(), FOR_EACH * u32::try_from(calls.len()).expect("there are few"));
        while start.elapsed() < duration {
            for ((contestant, calls), rounds) in self.contestants.iter_mut().zip(&calls).zip(&mut rounds) {
                rounds.push(contestant.round(*calls));
            }
        }
        for (contestant, mut rounds) in self.contestants.iter().zip(rounds) {
            rounds.sort_by(f64::total_cmp);
            let figure = Figure {
                table: self.table.to_string(),
                row: contestant.row.clone(),
                column: contestant.column.clone(),
                fastest: rounds[0],
                median: rounds[rounds.len() / 2],
            };
            println!("{figure}");
        }
    }
}

impl Contestant<'_> {
    /// Nanoseconds of one.
    fn round(&mut self, calls: u32) -> f64 {
        let start = Instant::now();
        for _ in 0..calls {
            (self.call)();
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(calls) / self.in_a_call
    }

    fn calls_in_a_round(&mut self) -> u32 {
        let mut calls = 1;
        loop {
            let start = Instant::now();
            (0..calls).for_each(|_| (self.call)());
            if start.elapsed() * 2 > ROUND {
                return calls;
            }
            calls *= 2;
        }
    }
}
