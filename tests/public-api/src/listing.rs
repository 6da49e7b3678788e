//! From rustdoc's JSON of a crate to the lines of its listing.

use std::collections::HashSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use public_api::Builder;

/// The formats that the library reads. Format 57 is what Rust 1.95 writes; 58 and 59 added fields that may be missing.
/// A later one needs a later library here.
const FORMATS: RangeInclusive<u32> = 57..=59;

#[derive(Debug)]
pub(crate) enum Trouble {
    /// The compiler writes a format that cannot be read.
    Format(String),
    Other(String),
}

/// What the crate makes public, a line for each item. Left out are auto traits, blanket implementations, and the methods of
/// derived implementations, each of which stays as one line.
pub(crate) fn of(json: &Path) -> Result<String, Trouble> {
    let other = |error: &dyn std::fmt::Display| Trouble::Other(format!("{}: {error}", json.display()));
    let text = fs::read_to_string(json).map_err(|error| other(&error))?;
    let format = format(&text).ok_or_else(|| other(&"says no format"))?;
    if !FORMATS.contains(&format) {
        return Err(Trouble::Format(format!(
            "the compiler in use writes rustdoc JSON of format {format}, and public-api in tests/public-api/Cargo.toml \
             reads {} to {}",
            FORMATS.start(),
            FORMATS.end()
        )));
    }
    let items = |derived: bool| -> Result<Vec<String>, Trouble> {
        let builder = Builder::from_rustdoc_json(json).omit_blanket_impls(true).omit_auto_trait_impls(true);
        let api = builder.omit_auto_derived_impls(!derived).build().map_err(|error| other(&error))?;
        Ok(api.items().map(|item| item.to_string()).collect())
    };
    Ok(without_derived_methods(items(true)?, &items(false)?.into_iter().collect()))
}

/// Of all items those that are written by hand, and one line for each derived implementation.
fn without_derived_methods(all: Vec<String>, by_hand: &HashSet<String>) -> String {
    let kept = |item: &String| by_hand.contains(item) || is_implementation(item);
    all.into_iter().filter(kept).map(|item| item + "\n").collect()
}

fn is_implementation(item: &str) -> bool {
    // The compiler's own mark of a derived comparison, which stable code cannot name.
    (item.starts_with("impl ") || item.starts_with("impl<")) && !item.contains("StructuralPartialEq")
}

/// The number that the file says at its end.
fn format(json: &str) -> Option<u32> {
    let (_, rest) = json.rsplit_once("\"format_version\":")?;
    rest.trim_start().split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_read() {
        assert_eq!(format("{\"root\":1,\"format_version\":57,\"target\":{}}"), Some(57));
        assert_eq!(format("{\"format_version\": 9}"), Some(9));
        assert_eq!(format("{}"), None);
    }

    #[test]
    fn a_derived_implementation_is_one_line() {
        let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let all = owned(&[
            "pub struct x::A",
            "impl core::clone::Clone for x::A",
            "pub fn x::A::clone(&self) -> x::A",
            "impl core::marker::StructuralPartialEq for x::A",
        ]);
        let by_hand = owned(&["pub struct x::A"]).into_iter().collect();
        assert_eq!(without_derived_methods(all, &by_hand), "pub struct x::A\nimpl core::clone::Clone for x::A\n");
    }
}
