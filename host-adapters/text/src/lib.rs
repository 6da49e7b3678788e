#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[allow(missing_docs, reason = "the documentation of `glowband verify --batch` describes each member")]
pub mod batch_request;
pub mod date;
pub mod duration;
pub mod json;
pub mod lines;
#[allow(missing_docs, reason = "the documentation of `glowband forward-auth` describes each setting")]
pub mod policy_file;
