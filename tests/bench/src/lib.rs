//! What the measurements of this crate share: the tokens, what the peer is told to judge, and what processes spend.

pub mod peer;
pub mod processes;
pub mod tokens;
