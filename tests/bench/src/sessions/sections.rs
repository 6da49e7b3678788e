//! What is measured, in order, and what a reader has to know about it.

use crate::Bench;
use crate::contest::{Contestant, Outcome, hold};
use crate::http_figures::Servers;
use crate::library_figures::{Haste, Stock};
use crate::million::{Memory, Million};
use crate::report::{Report, number};
use crate::{better_auth, hashing};
use glowband_bench::machine;

/// How much longer a refresh may take with the large number of sessions than with the small one.
const GROWTH: f64 = 1.3;
/// As many as the servers get over HTTP.
const AT_A_TIME: usize = 32;

pub fn all(bench: &Bench, report: &mut Report) {
    head(bench, report);
    library(bench, report);
    if std::env::var_os("GLOWBAND").is_some() {
        over_http(bench, report);
    }
}

fn head(bench: &Bench, report: &mut Report) {
    report.paragraph("# Figures\n\n`cargo checks bench-sessions` has written this file, all of it in one run.");
    report.paragraph(&format!(
        "{}. Servers, databases and the load share it.",
        machine::describe(&["host-adapters/server/FIGURES.md"])
    ));
    report.paragraph(&format!(
        "{} rounds; in each, one contestant follows another for a second (for two where passwords are hashed), after one that \
         does not count. Given are \
         the best round, as noise only ever takes away, and the median. The load comes from one thread in this machine, \
         over {AT_A_TIME} connections that stay open ({} for logins), and shares its cores with servers and databases. SQLite \
         has its write-ahead log and `synchronous = NORMAL`, PostgreSQL ({}) its defaults: a commit waits for the disk. \
         At the start the machine had a load average of {:.1}.",
        bench.plan.rounds,
        crate::http_figures::LOGIN_CONNECTIONS,
        bench.postgres_version(),
        machine::load(),
    ));
}

/// `Sessions::refresh` by itself.
fn library(bench: &Bench, report: &mut Report) {
    let counts = bench.plan.sessions;
    let [many, few] = counts.map(|count| number(count as f64));
    eprintln!("filling databases with {many} sessions …");
    let sqlite =
        counts.map(|count| Stock::in_sqlite(&bench.library, &bench.folder.join(format!("{count}.sqlite")), count));
    let postgres = counts.map(|count| Stock::in_postgres(&bench.library, &bench.fresh_database(), count));
    let mut rows = Vec::new();
    let mut misses = Vec::new();
    for (name, stocks, haste) in [
        ("SQLite", &sqlite, Haste::None),
        ("PostgreSQL", &postgres, Haste::None),
        ("PostgreSQL, `synchronous_commit = off`", &postgres, Haste::Asynchronous),
    ] {
        for at_a_time in [1, AT_A_TIME] {
            let contestants: Vec<Contestant<'_>> =
                stocks.iter().map(|stock| stock.contestant(&bench.library, haste, at_a_time)).collect();
            let outcomes = hold(bench.plan.rounds, contestants);
            let [large, small] = outcomes.as_slice() else { unreachable!("two went in") };
            let what = format!("{name}, {at_a_time} at a time");
            let row = growth(&what, small, large);
            if small.median() / large.median() > GROWTH {
                misses.push(what);
            }
            rows.push(row);
        }
    }
    report.heading("Refreshes in the library");
    report.paragraph(&format!(
        "`Sessions::refresh` without a server around it, of random sessions of all there are: refreshes a second with {few} \
         and with {many} open sessions, and how much longer one takes with the many. Goal: at most {GROWTH}×."
    ));
    let columns = [
        "database, refreshes",
        &format!("{few} sessions: best"),
        "median",
        &format!("{many} sessions: best"),
        "median",
        "growth, best",
        "growth, median",
        &format!("goal {GROWTH}×"),
    ];
    report.table(&columns, &rows);
    let [large, _] = &sqlite;
    let [large_in_postgres, _] = &postgres;
    report.paragraph(&format!(
        "\nA session takes {} bytes of the SQLite file, and {} bytes of PostgreSQL's table and indexes.",
        number(large.bytes),
        number(large_in_postgres.bytes),
    ));
    report.missed.extend(misses.into_iter().map(|what| format!("growth of refreshes, {what}: more than {GROWTH}×")));
}

fn growth(what: &str, small: &Outcome, large: &Outcome) -> Vec<String> {
    let (best, median) = (small.best() / large.best(), small.median() / large.median());
    let verdict = if median <= GROWTH { "reached" } else { "MISSED" };
    let rates = [small.best(), small.median(), large.best(), large.median()].map(number);
    let ratios = [best, median].map(|ratio| format!("{ratio:.2}×"));
    [what.to_owned()].into_iter().chain(rates).chain(ratios).chain([verdict.to_owned()]).collect()
}

/// The servers, ours and the peer's.
fn over_http(bench: &Bench, report: &mut Report) {
    eprintln!("starting servers, and filling their databases …");
    let rounds = bench.plan.rounds;
    let [many, _] = bench.plan.sessions;
    let load = &bench.load;
    let urls = || [bench.fresh_database(), bench.fresh_database()];
    let mut few = [None, Some(urls())].map(|urls| Servers::start(load, &bench.folder, urls));
    let million = |url: Option<&str>| {
        let folder = bench.folder.join(if url.is_some() { "million-postgres" } else { "million-sqlite" });
        Million::start(load, &folder, url, many)
    };
    let mut millions = [million(None), million(Some(&bench.fresh_database()))];
    let idle = few.each_ref().map(Servers::own_memory);
    let versions = few[0].peer_greeting().to_owned();

    let checks = few.each_ref().map(|servers| servers.checks(load, rounds));
    // No database is asked, so one of them is enough.
    let signatures = few[0].signatures(load, rounds);
    let mut refreshes = Vec::new();
    for (servers, million) in few.iter_mut().zip(&mut millions) {
        let contestant = million.refreshes(load, servers.database);
        refreshes.push(servers.refreshes(load, contestant, rounds));
    }
    let (scrypt, argon2_in_node) = better_auth::hash_times();
    let (alone, all_cores) = (hashing::alone(), hashing::all_cores(machine::cores()));
    let logins = few.each_ref().map(|servers| servers.logins(load, rounds));

    report.heading("Servers");
    report.paragraph(&format!(
        "`glowband serve` beside Better Auth ({versions}) on the same SQLite and PostgreSQL, over HTTP. Better Auth runs \
         in Node's own HTTP server with `NODE_ENV=production`, its rate limit off, database joins on, the same write-ahead \
         log and as many connections as ours; once in one process, and once in one for each core. The microseconds are \
         what a server's processes spend on processors for one answer; PostgreSQL's own are not among them."
    ));
    report.heading("Session checks");
    report.paragraph(
        "`GET /auth/me` verifies an access token (ES256) and reads its session and its user; `GET /get-session` reads the \
         session of a cookie and its user.",
    );
    for outcomes in &checks {
        report.outcomes("answers a second", outcomes);
    }
    report.paragraph(
        "\nWithout the database: `GET /forward-auth/auth` is the guard that services have, and accepts the signature of an \
         access token; `GET /get-session` with Better Auth's cookie cache accepts a signed copy (HMAC) in a second cookie.",
    );
    report.outcomes("answers a second", &signatures);
    report.heading("Refreshes");
    report.paragraph(
        "`POST /auth/refresh` rotates the refresh token, recognises stolen ones and signs a new access token (ES256). Better \
         Auth has no rotation; the nearest is a session check that prolongs the session and sends its cookie again \
         (`updateAge: 0`). Both read a session and its user, and write the session. Sessions are picked at random of all.",
    );
    for outcomes in &refreshes {
        report.outcomes("answers a second", outcomes);
    }
    report.heading("Logins");
    report.paragraph(&format!(
        "A login costs a password hash, and little else. Ours is argon2id with 19 MiB and 2 passes: {} ms alone, so that \
         {} cores do {} a second at most; hashing at once they do {}, as they share the way to the memory. Better Auth's \
         own is scrypt with N = 16 384, r = 16, p = 1, which is 32 MiB: {} ms. It is also measured with argon2id by our \
         parameters (@node-rs/argon2, which computes by hand-written AVX-512): {} ms. Ours is RustCrypto's, as the compiler \
         writes it for AVX2, and wipes its memory behind each hash.",
        number(alone * 1e3),
        machine::cores(),
        number(machine::cores() as f64 / alone),
        number(all_cores),
        number(scrypt * 1e3),
        number(argon2_in_node * 1e3),
    ));
    for outcomes in &logins {
        report.outcomes("logins a second", outcomes);
    }
    let bound = machine::cores() as f64 / alone;
    let shares = logins.each_ref().map(|outcomes| format!("{:.0} %", 100.0 * outcomes[0].median() / bound));
    report.paragraph(&format!(
        "\nOurs reach {} of that bound on SQLite and {} on PostgreSQL (medians).",
        shares[0], shares[1]
    ));
    memory(report, many, &few, idle, &millions);
}

fn memory(report: &mut Report, many: usize, few: &[Servers; 2], idle: [Memory; 2], millions: &[Million; 2]) {
    report.heading("Memory");
    report.paragraph(
        "What `glowband serve` holds, in MiB: all that is resident, and in brackets without pages of files. The load is \
         what was measured above; the servers with few sessions have also hashed passwords.",
    );
    let mebibytes = |memory: Memory| {
        let [resident, own] = [memory.resident, memory.own].map(|bytes| number(bytes as f64 / f64::from(1 << 20)));
        format!("{resident} ({own})")
    };
    let mut rows = Vec::new();
    for ((servers, idle), million) in few.iter().zip(idle).zip(millions) {
        let row = |sessions: usize, before, after| {
            let name = format!("{}, {} sessions", servers.database, number(sessions as f64));
            vec![name, mebibytes(before), mebibytes(after)]
        };
        rows.push(row(servers.sessions(), idle, servers.own_memory()));
        rows.push(row(many, million.started, million.memory()));
    }
    report.table(&["database", "before the load", "after the load"], &rows);
    let [sqlite, postgres] = millions.each_ref().map(|million| number(million.bytes));
    report.paragraph(&format!(
        "\nEach of the {} sessions takes {sqlite} bytes of the SQLite file, {postgres} of PostgreSQL.",
        number(many as f64)
    ));
}
