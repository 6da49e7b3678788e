//! Refresh tokens and their rotation.

mod at_once;
pub mod model;
pub mod refresh_token;
pub mod rotation;
mod spelling;
