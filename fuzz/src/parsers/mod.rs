//! The parsers, one by one, each beside a second reading.

pub mod base64url;
pub mod bearer;
pub mod claims;
pub mod compact;
pub mod cookies;
pub mod dates;
pub mod framing;
pub mod header;
pub mod json;
pub mod jwk;
pub mod jwks;
pub mod names;
pub mod policy_file;
pub mod request_lines;
