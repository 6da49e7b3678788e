//! Remote key sets against an issuer that runs here, speaks HTTPS, and misbehaves on demand.

#![allow(clippy::unwrap_used)]

mod discovery;
mod faults;
mod formats;
mod issuer;
mod issuers;
mod limits;
mod rotation;
mod signer;
mod traffic;
