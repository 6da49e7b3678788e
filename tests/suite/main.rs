//! All evidence about the core but the count of allocations, in one binary.

mod cli;
mod compile_fail;
mod conformance;
mod firmware;
mod http;
mod interop;
mod logins;
mod properties;
mod vectors;
