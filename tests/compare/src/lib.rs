//! What both programs know: what is said between them, and which versions they are built with.

pub mod answer;
pub mod locked;
