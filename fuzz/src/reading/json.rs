//! One JSON object as serde_json reads it, each member's value as it is written.

use super::why::Why;
use glowband_core::{Limits, MAX_JSON, MAX_NESTING};
use glowband_tests::json_oracle::{Opinion, opinion};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The members of an object, by their names.
pub type Members<'t> = BTreeMap<String, &'t RawValue>;

/// # Errors
/// [`Why::Json`] and [`Why::Unsaid`].
pub fn object(text: &[u8]) -> Result<Members<'_>, Why> {
    if text.len() > MAX_JSON {
        return Err(Why::Json);
    }
    match opinion(text, usize::from(MAX_NESTING), usize::from(Limits::DEFAULT.member_limit())) {
        Opinion::Good => Ok(serde_json::from_slice(text).expect("it was read once")),
        Opinion::Bad => Err(Why::Json),
        Opinion::None => Err(Why::Unsaid),
    }
}

/// A member's text, if it is a string.
pub fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// A member's number as it is written, if it is one.
pub fn number(value: &RawValue) -> Option<&str> {
    value.get().starts_with(|first: char| first == '-' || first.is_ascii_digit()).then(|| value.get())
}
