//! Logins under load: Glowband and Better Auth on the same databases, and Glowband with a million sessions; one run.
//!
//! `cargo checks bench-sessions` builds what it measures and starts it. Without arguments it takes all rounds and writes
//! `host-adapters/server/FIGURES.md`; `sessions ROUNDS SESSIONS` is for a quick look, and writes nothing.

mod better_auth;
mod contest;
mod conversation;
mod glowband;
mod hashing;
mod http_figures;
mod library_figures;
mod load;
mod million;
mod population;
mod random;
mod report;
mod sections;
mod server;

use glowband_test_postgres::PrivatePostgres;
use report::Report;
use sqlx::{Connection, PgConnection};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::runtime::{Builder, Runtime};

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    /// The large number of open sessions, and the small one.
    sessions: [usize; 2],
}

const WHOLE: Plan = Plan { rounds: 9, sessions: [1_000_000, 1_000] };

/// What every measurement needs.
struct Bench {
    plan: Plan,
    postgres: PrivatePostgres,
    folder: PathBuf,
    /// One thread, for the load.
    load: Runtime,
    /// As many threads as cores, for the library.
    library: Runtime,
}

impl Bench {
    fn fresh_database(&self) -> String {
        self.postgres.fresh_database().unwrap_or_else(|error| panic!("{error}"))
    }

    /// As PostgreSQL itself names it: "15.14".
    fn postgres_version(&self) -> String {
        let url = self.fresh_database();
        self.load.block_on(async {
            let mut connection = PgConnection::connect(&url).await.expect("the database is there");
            let version: String =
                sqlx::query_scalar("SHOW server_version").fetch_one(&mut connection).await.expect("it has one");
            connection.close().await.expect("it was open");
            version.split(' ').next().unwrap_or_default().to_owned()
        })
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).map(|text| text.parse::<usize>()).collect();
    let plan = match arguments.as_slice() {
        [] => WHOLE,
        [Ok(rounds @ 1..)] => Plan { rounds: *rounds, ..WHOLE },
        [Ok(rounds @ 1..), Ok(sessions @ 1000..)] => Plan { rounds: *rounds, sessions: [*sessions, WHOLE.sessions[1]] },
        _ => {
            eprintln!("usage: sessions [ROUNDS [SESSIONS]], with 1000 sessions or more");
            return ExitCode::from(2);
        }
    };
    let folder = std::env::temp_dir().join(format!("glowband-bench-{}", std::process::id()));
    fs::create_dir(&folder).expect("there is room for databases");
    let runtime = |mut builder: Builder| builder.enable_all().build().expect("threads can be started");
    let bench = Bench {
        plan,
        postgres: PrivatePostgres::start_durable().unwrap_or_else(|error| panic!("{error}")),
        folder: folder.clone(),
        load: runtime(Builder::new_current_thread()),
        library: runtime(Builder::new_multi_thread()),
    };
    let mut report = Report::default();
    sections::all(&bench, &mut report);
    drop(bench);
    fs::remove_dir_all(folder).expect("the folder is no longer in use");
    if arguments.is_empty() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host-adapters/server/FIGURES.md");
        fs::write(file, &report.text).expect("the file can be written");
    }
    for missed in &report.missed {
        eprintln!("MISSED: {missed}");
    }
    if report.missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
