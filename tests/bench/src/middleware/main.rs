//! A trivial route of axum, bare and guarded: requests a second under `wrk` on loopback, all routes in one server.
//!
//! wrk and the server share the machine's cores. Rounds over all routes follow one another, and the best round of each
//! counts, as noise only ever takes away. Every request carries the token, also those to the bare route.

mod guarded_routes;
mod peer_routes;
mod server;
mod server_process;
mod wrk;

use glowband_bench::tokens::{self, Sample};
use jsonwebtoken::crypto::aws_lc;
use server_process::ServerProcess;
use std::process::ExitCode;

/// A route, and the least share of the bare route's requests that it is to keep.
struct Route {
    path: &'static str,
    algorithm: &'static str,
    about: &'static str,
    goal: Option<f64>,
}

const BARE: &str = "/bare";

/// The bare route comes first, then what axum itself takes for any layer.
const ROUTES: [Route; 9] = [
    Route { path: BARE, algorithm: "HS256", about: "bare", goal: None },
    Route { path: "/layered", algorithm: "HS256", about: "a layer that does nothing", goal: None },
    Route { path: "/hs256", algorithm: "HS256", about: "glowband", goal: Some(0.97) },
    Route { path: "/hs256-cached", algorithm: "HS256", about: "glowband, cache", goal: Some(0.97) },
    Route { path: "/es256", algorithm: "ES256", about: "glowband", goal: Some(0.97) },
    Route { path: "/es256-cached", algorithm: "ES256", about: "glowband, cache", goal: Some(0.97) },
    Route { path: "/jsonwebtoken-hs256", algorithm: "HS256", about: "jsonwebtoken 11 (aws_lc_rs)", goal: None },
    Route { path: "/jsonwebtoken-es256", algorithm: "ES256", about: "jsonwebtoken 11 (aws_lc_rs)", goal: None },
    Route { path: "/axum-jwt-auth-hs256", algorithm: "HS256", about: "axum-jwt-auth 0.7", goal: None },
];

/// Both kinds of tokens have this length, so that the requests have one too.
const TOKEN: usize = 324;

fn main() -> ExitCode {
    aws_lc::DEFAULT_PROVIDER.install_default().expect("no provider was installed before");
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("serve"), None) => server::serve(),
        (Some(number), None) if number.parse::<usize>().is_ok_and(|rounds| rounds > 0) => {
            return measure(number.parse().unwrap_or(1));
        }
        (None, None) => return measure(20),
        _ => {
            eprintln!("usage: middleware [ROUNDS]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// Prints the table, and fails where a goal is missed.
fn measure(rounds: usize) -> ExitCode {
    let server = ServerProcess::start();
    let hs256 = Sample::hs256(TOKEN).token;
    let es256 = Sample::es256(TOKEN, &tokens::es256_pair()).token;
    let mut best = [const { Figures::NONE }; ROUTES.len()];
    eprintln!("{rounds} rounds of one second for each of {} routes …", ROUTES.len());
    for _ in 0..rounds {
        for (route, best) in ROUTES.iter().zip(&mut best) {
            let token = if route.algorithm == "HS256" { &hs256 } else { &es256 };
            let before = server.processor_time();
            let load = wrk::load(server.address, route.path, token);
            let spent = server.processor_time() - before;
            best.requests_a_second = best.requests_a_second.max(load.requests_a_second);
            best.microseconds = best.microseconds.min(spent.as_secs_f64() * 1e6 / load.requests);
        }
    }
    let [bare, layered, ..] = &best;
    println!(
        "| route | token | requests/s | of the bare route's | goal | of the empty layer's | server's µs per request | more than bare |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|");
    let mut missed = false;
    for (route, figures) in ROUTES.iter().zip(&best) {
        let share = figures.requests_a_second / bare.requests_a_second;
        let goal = route.goal.map_or(String::new(), |goal| format!("{goal}"));
        println!(
            "| {} | {} | {:.0} | {share:.3} | {goal} | {:.3} | {:.2} | {:.2} |",
            route.about,
            route.algorithm,
            figures.requests_a_second,
            figures.requests_a_second / layered.requests_a_second,
            figures.microseconds,
            figures.microseconds - bare.microseconds
        );
        if let Some(goal) = route.goal {
            let verdict = if share >= goal { "goal reached" } else { "MISSED" };
            eprintln!("{} {}: {share:.3} of the bare route (goal {goal}): {verdict}", route.about, route.algorithm);
            missed |= share < goal;
        }
    }
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The best of all rounds.
struct Figures {
    requests_a_second: f64,
    /// Processor time of the server for one request.
    microseconds: f64,
}

impl Figures {
    const NONE: Self = Self { requests_a_second: 0.0, microseconds: f64::INFINITY };
}
