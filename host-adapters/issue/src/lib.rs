#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod access_token;
mod compact;
mod ecdsa_signature;
mod further_claims;
mod grant;
mod id_token;
mod issue_error;
mod issued_token;
mod issuer_keys;
mod json_object;
mod jwks_document;
mod key_folder;
mod opaque_token;
mod personal_token;
pub mod public_jwk;
mod random;
pub mod rotation;
mod signer;
mod signing_key;
mod token_digest;

pub use access_token::{ACCESS_TOKEN_TYPE, AccessToken};
pub use compact::sign_compact;
pub use ecdsa_signature::ecdsa_from_der;
pub use glowband_core::{Algorithm, UnixSeconds};
pub use glowband_verify::PublicKey;
pub use grant::Grant;
pub use id_token::{ID_TOKEN_TYPE, IdToken, at_hash};
pub use issue_error::IssueError;
pub use issued_token::IssuedToken;
pub use issuer_keys::{IssuerKey, IssuerKeys, IssuerKeysError};
pub use jwks_document::JwksDocument;
pub use key_folder::{
    KeyChange, KeyEncryptionKey, KeyEncryptionKeyError, KeyFileProblem, KeyFolder, KeyFolderError, KeyFolderReport,
    UnusableKeyFile,
};
pub use opaque_token::{OPAQUE_TOKEN_PREFIX, OpaqueToken};
pub use personal_token::{PERSONAL_TOKEN_PATTERN, PERSONAL_TOKEN_PREFIX, PersonalToken, PersonalTokenError};
pub use rotation::{KeyPlan, KeyState, KeyStatus, RotationMode, RotationSchedule, ScheduleError};
pub use signer::{SignError, SignFuture, Signer};
pub use signing_key::{GeneratedKey, SigningKey, SigningKeyError, SigningKeyReader};
pub use token_digest::TokenDigest;
