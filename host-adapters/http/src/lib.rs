// The README has examples for two frameworks, so its doctests need both features.
#![cfg_attr(any(not(doctest), all(feature = "actix", feature = "axum")), doc = include_str!("../README.md"))]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod bearer;
mod challenge;
#[cfg(feature = "verify")]
mod claim_path;
#[cfg(feature = "verify")]
mod claim_rule;
mod cookie;
#[cfg(feature = "verify")]
mod cross_site;
mod problem;
mod rejection;
mod request_head;
mod source;
mod status;

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "verify")]
mod claim_numbers;
#[cfg(any(feature = "actix", feature = "axum"))]
mod claims;
#[cfg(feature = "verify")]
pub mod forward_auth;
#[cfg(feature = "verify")]
mod guard;
#[cfg(any(feature = "actix", feature = "tower"))]
mod guard_extensions;
#[cfg(feature = "verify")]
mod header_text;
#[cfg(feature = "verify")]
mod metrics;
#[cfg(feature = "verify")]
mod observe;
#[cfg(feature = "tower")]
pub mod tower;

pub use answer::Answer;
pub use bearer::from_authorization;
pub use challenge::{Challenge, ErrorCode};
pub use cookie::from_cookies;
pub use problem::Problem;
pub use rejection::{Denial, Malformed, Rejection, SetupFault};
pub use request_head::RequestHead;
pub use source::TokenSource;
pub use status::Status;

#[cfg(feature = "verify")]
pub use claim_path::{ClaimPath, ClaimPathError};
#[cfg(feature = "verify")]
pub use claim_rule::{ClaimRule, ClaimValue};
#[cfg(any(feature = "actix", feature = "axum"))]
pub use claims::{Claims, OptionalClaims, Token};
#[cfg(feature = "verify")]
pub use guard::Guard;
#[cfg(feature = "verify")]
pub use metrics::{Metrics, Snapshot};
#[cfg(feature = "tower")]
pub use tower::{RequireScope, require_scope};
