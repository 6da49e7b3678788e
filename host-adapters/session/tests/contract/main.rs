//! The same laws over every store.
