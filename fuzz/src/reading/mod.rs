//! Second readings: the same verdicts from other libraries, and from the RFCs written down in another way.
//!
//! | file | knows |
//! |---|---|
//! | `why.rs` | how far a second reading can say why something is refused |
//! | `json.rs` | one object, its members as text: serde_json |
//! | `members.rs` | one object, its members in their order |
//! | `base64url.rs` | the crate `base64` |
//! | `header.rs`, `claims.rs` | what a header and a claims set come to |
//! | `terms.rs` | a policy and a time, for the verifier and for the second reading |
//! | `token.rs` | a whole token |
//! | `jwk.rs` | a JSON Web Key |

pub mod base64url;
pub mod claims;
pub mod header;
pub mod json;
pub mod jwk;
pub mod members;
pub mod terms;
pub mod token;
pub mod why;
