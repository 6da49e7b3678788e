//! The life of a login: opened, refreshed, ended.

mod credentials;
mod delivery;
pub(super) mod login;
pub(super) mod logout;
mod open_login;
pub(super) mod refresh;
mod refresh_body;
pub(super) mod register;
mod token_response;

pub(super) use credentials::password;
