//! The peers that are crates, each behind the same trait: `peer NAME` is one of them, in a process of its own.

mod josekit;
mod jsonwebtoken;
mod jwt_compact;
mod jwt_simple;
mod keys;
mod settings;

use glowband_compare::answer::{Answer, Greeting, Verdict};
use glowband_compare::locked;
use glowband_tests::vector::Presented;
use std::env;
use std::io::{self, BufRead as _, Write as _};

trait Peer {
    fn verify(&self, question: &Presented) -> Verdict;
}

fn named(library: &str) -> Option<Box<dyn Peer>> {
    Some(match library {
        "josekit" => Box::new(josekit::Josekit),
        "jsonwebtoken" => Box::new(jsonwebtoken::Jsonwebtoken::new()),
        "jwt-compact" => Box::new(jwt_compact::JwtCompact),
        "jwt-simple" => Box::new(jwt_simple::JwtSimple),
        _ => return None,
    })
}

/// Answers the questions of the standard input until it ends.
fn main() -> io::Result<()> {
    let library = &env::args().nth(1).ok_or_else(|| io::Error::other("usage: peer CRATE"))?;
    let peer = named(library).ok_or_else(|| io::Error::other(format!("{library} is no peer that is a crate")))?;
    let mut output = io::stdout().lock();
    let greeting = Greeting { library: library.to_owned(), version: locked::version(library).to_owned() };
    writeln!(output, "{}", serde_json::to_string(&greeting)?)?;
    for line in io::stdin().lock().lines() {
        let question = serde_json::from_str(&line?)?;
        writeln!(output, "{}", serde_json::to_string(&answer(peer.as_ref(), &question))?)?;
        output.flush()?;
    }
    Ok(())
}

/// A panic is no answer: it ends the process, and the program that asked sees that.
fn answer(peer: &dyn Peer, question: &Presented) -> Answer {
    peer.verify(question).map_or_else(|answer| answer, |()| Answer::Accepted)
}
