//! Every way in which a scenario can go: it is run again and again, each time with another row of choices, until none is
//! left.

use std::cell::RefCell;
use std::rc::Rc;

/// Where a scenario asks which way to go. The same answers lead to the same run.
#[derive(Clone, Default)]
pub(super) struct Choices(Rc<RefCell<Tape>>);

#[derive(Default)]
struct Tape {
    /// What was chosen, and of how many.
    made: Vec<(usize, usize)>,
    next: usize,
}

impl Choices {
    /// One of `ways`, counted from 0.
    pub(super) fn choose(&self, ways: usize) -> usize {
        assert!(ways > 0);
        let mut tape = self.0.borrow_mut();
        let at = tape.next;
        tape.next += 1;
        if let Some((chosen, before)) = tape.made.get(at) {
            assert_eq!(*before, ways, "the scenario does not repeat itself");
            return *chosen;
        }
        tape.made.push((0, ways));
        0
    }

    /// Turns to the next row of choices; false when all have been made.
    fn turn(&self) -> bool {
        let mut tape = self.0.borrow_mut();
        assert_eq!(tape.next, tape.made.len(), "the scenario ended before its choices did");
        tape.next = 0;
        while let Some((chosen, ways)) = tape.made.pop() {
            if chosen + 1 < ways {
                tape.made.push((chosen + 1, ways));
                return true;
            }
        }
        false
    }

    fn text(&self) -> String {
        self.0.borrow().made.iter().map(|(chosen, ways)| format!("{chosen}/{ways} ")).collect()
    }
}

/// How a scenario went in all its ways.
pub(super) struct Explored {
    pub(super) ways: usize,
    /// The first violation, with the choices that lead there.
    pub(super) violation: Option<String>,
}

/// Runs the scenario in every way, or until it goes wrong.
pub(super) fn explore(scenario: impl Fn(&Choices) -> Result<(), String>) -> Explored {
    let choices = Choices::default();
    let mut ways = 0;
    loop {
        ways += 1;
        assert!(ways <= 3_000_000, "the scenario has too many ways to be explored");
        if let Err(violation) = scenario(&choices) {
            return Explored { ways, violation: Some(format!("{violation}\nafter the choices {}", choices.text())) };
        }
        if !choices.turn() {
            return Explored { ways, violation: None };
        }
    }
}

#[test]
fn every_way_is_taken_once() {
    let seen = RefCell::new(Vec::new());
    let explored = explore(|choices| {
        let first = choices.choose(3);
        let second = if first == 1 { choices.choose(2) } else { 0 };
        seen.borrow_mut().push((first, second));
        Ok(())
    });
    assert_eq!(explored.ways, 4);
    assert_eq!(seen.into_inner(), [(0, 0), (1, 0), (1, 1), (2, 0)]);
}
