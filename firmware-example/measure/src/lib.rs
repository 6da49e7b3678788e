//! What is measured, and the marks by which it is.

#![no_std]
#![deny(missing_docs)]

pub mod markers;
pub mod painted_stack;
mod panics;
pub mod paths;
