//! The evidence about the whole product, in one binary. What needs nothing but the core is in `core-alone`.

mod cli;
mod compile_fail;
mod conformance;
mod field;
mod firmware;
mod host_vectors;
mod http;
mod interop;
mod logins;
