#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![deny(missing_docs)]

mod alg;
mod certificate;
mod clock;
mod confusion;
mod es256;
mod host_batch;
mod host_verifier;
mod hs256;
mod issuers;
mod json_object;
mod jwk;
mod jwk_fault;
mod jwk_members;
mod jwk_public_key;
mod jwks;
mod key_error;
mod key_fault;
mod key_file;
mod key_options;
mod key_set;
mod kid_map;
mod limits;
mod live_keys;
mod padding;
mod pem;
mod pem_sections;
mod policy;
mod processor;
mod pss_parameters;
mod public_key;
#[cfg(feature = "remote")]
mod remote;
mod scopes;
mod subjects;
mod tenants;
mod token_cache;
mod trusted_issuer;
mod verified_token;

/// Eight numbers modulo p at once, for this project's own tests. May change in any version.
#[cfg(all(feature = "internals", target_arch = "x86_64"))]
pub mod internals {
    pub use crate::es256::{ifma_field, ifma_lanes};
}

pub use alg::{EcdsaKey, Ed25519Key, HmacKey, RsaKey};
pub use clock::SystemClock;
pub use es256::{Es256Arithmetic, HostEs256Key, Preparation};
pub use host_verifier::HostVerifier;
pub use issuers::IssuersError;
pub use key_error::{KeyFileError, MAX_KEY_FILE, SkippedKey};
pub use key_fault::KeyFault;
pub use key_file::KeyReader;
pub use key_set::{BoxedKey, KeySet};
pub use limits::{HOST_LIMITS, read_claims, validate};
pub use live_keys::{LiveKeys, Snapshot};
pub use padding::is_padded;
pub use policy::{OwnedPolicy, OwnedPolicyForIssuer};
pub use public_key::PublicKey;
#[cfg(feature = "remote")]
pub use remote::{FetchError, FetchFault, KeySetStatus, Refetch, RemoteKeySet, RemoteKeySetBuilder};
pub use scopes::Scopes;
pub use tenants::TenantError;
pub use token_cache::CacheUsage;
pub use trusted_issuer::TrustedIssuer;
pub use verified_token::VerifiedToken;

pub use glowband_core::{Algorithm, Clock, Refusal, UnixSeconds};
