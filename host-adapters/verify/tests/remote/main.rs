//! Remote key sets against an issuer that runs in the test, serves HTTPS, and fails on demand.

#![allow(clippy::unwrap_used)]

mod answers;
mod certificates;
mod discovery;
mod faults;
mod formats;
mod headers;
mod issuer;
mod issuers;
mod limits;
mod proxies;
mod rotation;
mod signer;
mod traffic;
mod tunnel;
