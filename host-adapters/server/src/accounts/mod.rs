//! Accounts.

mod email;

pub(crate) use email::{Email, NoEmail};
