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
mod load;
mod machine;
mod random;
mod report;
mod server;

fn main() {}
