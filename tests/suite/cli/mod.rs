//! The `glowband` command says of the vectors what the core says, and has the last word on key files and requests.

pub(crate) mod program;
mod same_verdicts;
