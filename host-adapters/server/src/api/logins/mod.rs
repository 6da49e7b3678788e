//! The life of a login: opened, refreshed, ended.

mod admit;
mod credentials;
mod delivery;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod refresh;
mod refresh_body;
pub(super) mod register;
mod tokens;

pub(super) use credentials::password;
