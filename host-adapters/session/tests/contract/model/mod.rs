//! A model: the service as it is, over the store in memory, in every interleaving of its statements with those of others,
//! with time passing, servers dying and backups being restored in between.

mod explorer;
mod stepped;
mod world;

use explorer::explore;
use stepped::Flaw;
use world::{Actor, IDLE, WINDOW, World};

/// A session that was refreshed this often, and who acts on it.
struct Scenario {
    name: &'static str,
    generation: u64,
    actors: fn(&World) -> Vec<Actor>,
}

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "two tabs", generation: 1, actors: |w| vec![w.refreshes(1, 1), w.refreshes(1, 1)] },
    Scenario {
        name: "three tabs",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 1), w.refreshes(1, 1), w.refreshes(1, 1)],
    },
    Scenario { name: "two tabs that go on", generation: 0, actors: |w| vec![w.refreshes(0, 2), w.refreshes(0, 2)] },
    Scenario {
        name: "two tabs and a logout",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 1), w.refreshes(1, 2), w.closes()],
    },
    Scenario {
        name: "two logouts and a tab that goes on",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 3), w.closes(), w.closes_all()],
    },
    Scenario {
        name: "a thief with an old token and its owner",
        generation: 2,
        actors: |w| vec![w.refreshes(0, 1), w.refreshes(2, 2)],
    },
    Scenario {
        name: "a thief with an old token, its owner and a logout",
        generation: 2,
        actors: |w| vec![w.refreshes(1, 1), w.refreshes(2, 1), w.closes()],
    },
    Scenario {
        name: "a thief with the newest token, and its owner, one of them later",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 2), w.refreshes(1, 1), w.time_passes(WINDOW)],
    },
    Scenario {
        name: "two tabs while the session expires",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 1), w.refreshes(1, 1), w.time_passes(IDLE)],
    },
    Scenario {
        name: "a tab that goes on while time passes twice",
        generation: 0,
        actors: |w| vec![w.refreshes(0, 3), w.time_passes(IDLE / 2), w.time_passes(IDLE / 2)],
    },
    Scenario { name: "a lost answer", generation: 1, actors: |w| vec![w.loses_answers(1)] },
    Scenario {
        name: "lost answers in two tabs",
        generation: 1,
        actors: |w| vec![w.loses_answers(1), w.loses_answers(1)],
    },
    Scenario { name: "a lost answer, and a logout", generation: 1, actors: |w| vec![w.loses_answers(1), w.closes()] },
    Scenario {
        name: "a tab that goes on while a backup is restored",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 3), w.is_restored()],
    },
    Scenario {
        name: "two tabs while a backup is restored",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 1), w.refreshes(1, 1), w.is_restored()],
    },
    Scenario {
        name: "two tabs, one of them later, and a thief with an old token",
        generation: 1,
        actors: |w| vec![w.refreshes(1, 1), w.refreshes(1, 1), w.refreshes(0, 1), w.time_passes(WINDOW)],
    },
    Scenario {
        name: "two tabs at servers with different current secrets",
        generation: 1,
        actors: |w| vec![w.refreshes_at(w.server_with_secret(1), 1, 2), w.refreshes_at(w.server_with_secret(2), 1, 1)],
    },
];

#[test]
fn every_interleaving_keeps_the_rules() {
    let mut ways = 0;
    for scenario in SCENARIOS {
        let explored = explore(|choices| {
            let world = World::new(choices, scenario.generation, None);
            world.run((scenario.actors)(&world))
        });
        if let Some(violation) = explored.violation {
            panic!("{}: {violation}", scenario.name);
        }
        ways += explored.ways;
    }
    crate::say(&format!("{ways} interleavings of {} scenarios keep the rules of rotation", SCENARIOS.len()));
    assert!(ways > 10_000, "only {ways}");
}

#[test]
fn stores_that_do_it_wrong_are_found_out() {
    for flaw in [Flaw::FindChangeSave, Flaw::AnyGeneration, Flaw::AnyState, Flaw::EndWritesBack] {
        let found = SCENARIOS.iter().any(|scenario| {
            let explored = explore(|choices| {
                let world = World::new(choices, scenario.generation, Some(flaw));
                world.run((scenario.actors)(&world))
            });
            explored.violation.is_some()
        });
        assert!(found, "{flaw:?} goes unnoticed");
    }
}
