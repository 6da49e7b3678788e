//! Answers counted: how many of which cases, and which are otherwise.

use crate::cases::{Compared, Row};
use glowband_compare::answer::Answer;

/// A peer, or Glowband, with an answer to every case of every row, in their order.
pub struct Column {
    pub name: &'static str,
    pub answers: Vec<Answer>,
}

/// Of what the vectors refuse, or of what they accept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub asked: usize,
    pub as_the_vectors: usize,
    /// Names of cases.
    pub otherwise: Vec<String>,
    /// Names of cases that ended in a panic or the like; they are otherwise too.
    pub failed: Vec<String>,
}

impl Tally {
    fn add(&mut self, case: &Compared, answer: &Answer) {
        let same = match answer {
            Answer::CannotAsk(_) => return,
            Answer::Accepted => case.good(),
            Answer::Refused(_) => !case.good(),
            Answer::Failed(_) => {
                self.failed.push(case.name().to_owned());
                false
            }
        };
        self.asked += 1;
        if same {
            self.as_the_vectors += 1;
        } else {
            self.otherwise.push(case.name().to_owned());
        }
    }

    fn and(mut self, other: &Self) -> Self {
        self.asked += other.asked;
        self.as_the_vectors += other.as_the_vectors;
        self.otherwise.extend_from_slice(&other.otherwise);
        self.failed.extend_from_slice(&other.failed);
        self
    }

    /// For a cell of a table.
    pub fn cell(&self) -> String {
        let failed = if self.failed.is_empty() { String::new() } else { format!(", {} failed", self.failed.len()) };
        match self.asked {
            0 => "–".to_owned(),
            asked => format!("{} of {asked}{failed}", self.as_the_vectors),
        }
    }
}

/// Tallies of a column, one for each row: of its good cases, or of its bad ones.
pub fn of(column: &Column, rows: &[Row], good: bool) -> Vec<Tally> {
    let mut answers = column.answers.iter();
    rows.iter()
        .map(|row| {
            let mut tally = Tally::default();
            for (case, answer) in row.cases.iter().zip(&mut answers) {
                if case.good() == good {
                    tally.add(case, answer);
                }
            }
            tally
        })
        .collect()
}

/// All rows together.
pub fn sum(tallies: &[Tally]) -> Tally {
    tallies.iter().fold(Tally::default(), |sum, tally| sum.and(tally))
}

/// How often which question could not be asked.
pub fn not_asked(column: &Column) -> Vec<(&str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for answer in &column.answers {
        if let Answer::CannotAsk(words) = answer {
            match counts.iter_mut().find(|(known, _)| known == words) {
                Some((_, count)) => *count += 1,
                None => counts.push((words, 1)),
            }
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::json;

    /// A row with a case for each name; those that end in `good` are.
    pub fn row(class: &str, names: &[&str]) -> Row {
        let case = |name: &&str| {
            let vector = serde_json::from_value(json!({
                "name": name, "threat": class, "kind": "verify", "token": "a.b.c", "keys": [], "now": 1,
                "expected": {"number": if name.ends_with("good") { 0 } else { 17 }, "name": ""},
            }));
            let question = serde_json::from_value(json!({"token": "a.b.c", "keys": [], "now": 1}));
            Compared { vector: vector.expect("a vector"), question: question.expect("a question") }
        };
        Row { class: class.to_owned(), known_as: String::new(), cases: names.iter().map(case).collect() }
    }

    pub fn column(name: &'static str, answers: &[Answer]) -> Column {
        Column { name, answers: answers.to_vec() }
    }

    #[test]
    fn answers_are_counted_in_their_rows() {
        let rows = [row("one", &["a/good", "a/bad"]), row("two", &["b/bad", "b/worse", "b/good", "b/best/good"])];
        let refused = || Answer::Refused(String::new());
        let answers = [
            Answer::Accepted,
            refused(),
            Answer::Accepted,
            Answer::Failed(String::new()),
            refused(),
            Answer::CannotAsk("x".to_owned()),
        ];
        let column = column("peer", &answers);
        let cells = |good| of(&column, &rows, good).iter().map(Tally::cell).collect::<Vec<_>>();
        assert_eq!(cells(false), ["1 of 1", "0 of 2, 1 failed"]);
        assert_eq!(cells(true), ["1 of 1", "0 of 1"]);
        assert_eq!(sum(&of(&column, &rows, false)).otherwise, ["b/bad", "b/worse"]);
        assert_eq!(not_asked(&column), [("x", 1)]);
        assert_eq!(Tally::default().cell(), "–");
    }
}
