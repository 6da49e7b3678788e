//! Tokens as verifiers judge them, keys as they come and go.

// A failure anywhere here is the failure of a test.
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
