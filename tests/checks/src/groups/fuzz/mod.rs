//! Fuzzing: libFuzzer around the targets of `fuzz/`, and what comes of it.
//!
//! | file | knows |
//! |---|---|
//! | `target_list.rs` | which targets there are, and where their inputs lie |
//! | `instruments.rs` | how they are built |
//! | `engine.rs` | one run of one target, and several at a time |
//! | `campaign.rs` | minutes of all of them; corpora made small; the table |
//! | `coverage.rs` | what the corpora reach |
//! | `core_coverage.rs` | what they and the tests of the core reach together |
//! | `lines.rs` | lines of the product, as llvm-cov tells |
//! | `keep.rs` | what was found, made small and kept |
//! | `afl.rs` | another engine, AFL++, around one target |
//! | `watched.rs` | the targets of unsafe code with the address sanitizer |
//! | `planted.rs` | bugs that must be found |

mod afl;
mod campaign;
mod core_coverage;
mod coverage;
mod engine;
mod instruments;
mod keep;
mod lines;
mod planted;
mod target_list;
mod watched;

pub(crate) use afl::afl;
pub(crate) use campaign::{campaign, smoke};
pub(crate) use core_coverage::of_core as core_coverage;
pub(crate) use keep::keep;
pub(crate) use planted::{all as every_planted, in_parsers as planted_in_parsers};
pub(super) use watched::watched;
