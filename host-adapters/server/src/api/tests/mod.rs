//! The API's parts, and the API as a whole over a database in a temporary folder.

mod bodies;
mod modes;
mod preflight;
