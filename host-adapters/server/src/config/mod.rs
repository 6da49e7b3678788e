//! The settings of `glowband serve`: from a file, the environment and flags, in that rising order; judged once.

mod checked;
mod kinds;

pub(crate) use checked::{Caller, Settings};
pub(crate) use kinds::Secret;
