//! One PostgreSQL for all tests of a process, and what happens where PostgreSQL is not installed.

use crate::{PrivatePostgres, programs};
use std::io::{self, Write};
use std::sync::{Once, OnceLock};

/// The one that the tests of this process share; started by the first that asks. Each takes a
/// [`fresh_database`](PrivatePostgres::fresh_database).
///
/// # Errors
/// As [`PrivatePostgres::start`].
pub fn shared() -> Result<&'static PrivatePostgres, String> {
    static SHARED: OnceLock<Result<PrivatePostgres, String>> = OnceLock::new();
    SHARED.get_or_init(PrivatePostgres::start).as_ref().map_err(Clone::clone)
}

/// Whether tests that need PostgreSQL must run: `GLOWBAND_STORES=1`, set by `cargo checks stores`.
pub fn demanded() -> bool {
    std::env::var("GLOWBAND_STORES").as_deref() == Ok("1")
}

/// The shared one; `None` on a machine without PostgreSQL, which is said once, unless it is [`demanded`].
///
/// # Panics
/// If it is there and does not start, or is demanded and not there.
pub fn wanted() -> Option<&'static PrivatePostgres> {
    if let Err(missing) = programs::find()
        && !demanded()
    {
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            // Past the test harness, which shows nothing of a test that passes.
            let _ = writeln!(io::stderr(), "postgres: left out: {missing}");
        });
        return None;
    }
    match shared() {
        Ok(postgres) => Some(postgres),
        Err(error) => panic!("{error}"),
    }
}
