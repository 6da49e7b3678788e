//! Issued tokens under verifiers' policies, and the rotation of keys.

// This is a test crate: a panic is a failed test.
#![allow(clippy::unwrap_used)]

mod access_tokens;
mod id_tokens;
mod issuer_keys;
mod key_folder;
mod opaque_tokens;
mod personal_tokens;
mod rotation;
mod samples;
mod signers;
