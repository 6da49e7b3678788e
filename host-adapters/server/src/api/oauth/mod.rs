//! The OAuth routes for services: introspection and revocation.

mod error;
pub(super) mod introspect;
pub(super) mod revoke;
mod token_request;

pub(super) use error::{ErrorBody, in_oauths_form};
