#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[allow(missing_docs, reason = "each member is described beside `glowband verify --batch`")]
pub mod batch_request;
pub mod date;
pub mod duration;
pub mod json;
pub mod lines;
#[allow(missing_docs, reason = "each setting is described beside `glowband forward-auth`")]
pub mod policy_file;
