//! What a peer says to a token.
//!
//! The question is that part of a vector which describes a token and its verifier, `Presented`: see
//! `tests/vectors/README.md`. A peer is a process that reads a question from each line of its input and writes an answer
//! to a line of its output, both JSON; its first line says which version of what it is.

use serde::{Deserialize, Serialize};
use std::fmt::Display;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "words", rename_all = "snake_case")]
pub enum Answer {
    Accepted,
    /// In the peer's own words.
    Refused(String),
    /// The peer has no setting for what is asked.
    CannotAsk(String),
    /// A panic, an end of the process, or an error of a type that the peer's documentation does not name.
    Failed(String),
}

/// `Err` is any answer but that the token is accepted.
pub type Verdict = Result<(), Answer>;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Greeting {
    pub library: String,
    pub version: String,
}

pub fn refused(words: impl Display) -> Answer {
    Answer::Refused(words.to_string())
}

pub fn cannot_ask(words: &str) -> Answer {
    Answer::CannotAsk(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_the_scripts_write_them() {
        let read = |line| serde_json::from_str::<Answer>(line).expect("an answer");
        assert_eq!(read(r#"{"answer":"accepted"}"#), Answer::Accepted);
        assert_eq!(read(r#"{"answer":"refused","words":"x"}"#), Answer::Refused("x".to_owned()));
        assert_eq!(read(r#"{"answer":"cannot_ask","words":"x"}"#), Answer::CannotAsk("x".to_owned()));
        assert_eq!(read(r#"{"answer":"failed","words":"x"}"#), Answer::Failed("x".to_owned()));
    }
}
