//! Routes in the form that OAuth gives them, for services.

mod asking;
mod error;
pub(super) mod introspect;
pub(super) mod revoke;

pub(super) use error::{ErrorBody, in_oauths_form};
