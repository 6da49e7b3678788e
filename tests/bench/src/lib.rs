//! What the measurements of this crate share: the tokens, and what the peer is told to judge.

pub mod peer;
pub mod tokens;
