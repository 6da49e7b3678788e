//! `glowband serve` as a process, on SQLite and on a real PostgreSQL, with what happens to servers: many clients at once,
//! lost answers, death, full disks, clocks that jump, databases that stop and come back.

mod account;
mod clocks;
mod database_stops;
mod disk;
mod ended;
mod killed;
mod openapi;
mod parallel;
mod password;
mod races;
mod readme;
mod replaced;
mod restored;
mod reuse;
mod serving;
mod standby;
mod timing;
mod undelivered;

use std::env;
use std::io::{self, Write};

/// Whether this run is to start servers and databases.
fn wanted() -> bool {
    if env::var("GLOWBAND_LOGINS").as_deref() == Ok("1") {
        return true;
    }
    // Past the test harness, which shows nothing of a test that passes.
    let _ = writeln!(io::stderr(), "logins: left out, GLOWBAND_LOGINS=1 asks for it (`cargo checks server`)");
    false
}
