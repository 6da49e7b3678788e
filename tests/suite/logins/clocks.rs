//! The machine's clock jumps while the server runs, and between two runs.

use super::account::{login, refreshed, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

#[test]
fn a_clock_that_jumps_makes_no_replay_a_theft_and_no_theft_a_replay() {
    if !wanted() {
        return;
    }
    for behind in [Behind::Sqlite, Behind::Postgres] {
        let setup = Setup::new("jumps", behind).set("GLOWBAND_REPLAY_WINDOW", "3s");
        let clock = setup.folder.join("clock");
        fs::write(&clock, "+0").expect("a file");
        let server = setup.clock_by(&clock).only();
        register(server.address, "ada@example.com");
        for jump in ["+3600", "+0", "-3600", "+0"] {
            let first = login(server.address, "ada@example.com");
            let second = refreshed(server.address, &first.refresh);
            fs::write(&clock, jump).expect("a file");
            // Within W by any clock that does not jump: the answer was lost, no more.
            let again = refreshed(server.address, &first.refresh);
            assert_eq!(second.refresh, again.refresh, "{behind:?} {jump}");
            let third = refreshed(server.address, &again.refresh);
            sleep(Duration::from_millis(3500));
            // Past W by any clock: theft, wherever the machine's clock stands.
            refused(server.address, &second.refresh);
            refused(server.address, &third.refresh);
        }
        println!("counted: {behind:?}: 4 jumps of an hour, 4 lost answers answered, 4 thefts seen");
    }
}

#[test]
fn sessions_end_by_their_idle_and_absolute_lives() {
    if !wanted() {
        return;
    }
    let setup =
        Setup::new("lives", Behind::Sqlite).set("GLOWBAND_IDLE_LIFETIME", "1h").set("GLOWBAND_ABSOLUTE_LIFETIME", "3h");
    let server = setup.start();
    let (used, idle) = (register(server.address, "ada@example.com"), login(server.address, "ada@example.com"));
    drop(server);
    let mut newest = used;
    for later in ["+50m", "+100m", "+150m"] {
        let server = setup.beside().clock(later).start();
        newest = refreshed(server.address, &newest.refresh);
    }
    let server = setup.beside().clock("+190m").start();
    refused(server.address, &newest.refresh);
    refused(server.address, &idle.refresh);
}
