//! Glowband's own column: the core in every way that it has, each of which has to give the frozen verdict.

use crate::cases::Compared;
use glowband_compare::answer::{Answer, refused};
use glowband_tests::trial;

/// The answer; and what is not as it is frozen, if so.
pub fn answer(case: &Compared) -> (Answer, Option<String>) {
    let outcomes = trial::run(&case.vector);
    let expected = trial::expected(&case.vector.expected);
    let other = outcomes.iter().find(|(_, outcome)| *outcome != expected);
    let wrong = match other {
        Some((way, outcome)) => Some(format!("{}: {way}: {outcome:?} instead of {expected:?}", case.name())),
        None if outcomes.is_empty() => Some(format!("{}: not tried", case.name())),
        None => None,
    };
    let verdict = other.map_or(expected, |(_, outcome)| *outcome);
    (verdict.map_or_else(|refusal| refused(refusal.name()), |()| Answer::Accepted), wrong)
}
