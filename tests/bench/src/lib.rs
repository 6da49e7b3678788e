//! What the measurements of this crate share: the tokens, what the peer is told to check, where they run, and what
//! processes spend.

pub mod machine;
pub mod peer;
pub mod processes;
pub mod tokens;
