//! Strict JSON (RFC 8259) in one pass: no heap, no recursion, no duplicate names.
//!
//! [`walk`] validates a whole document and shows each member of its outermost object to a visitor.
//! What it showed can be taken at its word: strings are valid, numbers follow the grammar, spans are exact.

mod lexer;
mod members;
mod number;
mod text;
mod walk;

pub use number::NumericDate;
pub use text::Text;

pub(crate) use walk::{Fault, walk};

pub(crate) use lexer::elements;

/// A JSON value inside a document that was validated as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'t> {
    /// A string.
    Text(Text<'t>),
    /// A number, as it is written.
    Number(&'t str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An object, as it is written, braces included.
    Object(&'t str),
    /// An array, as it is written, brackets included.
    Array(&'t str),
}

impl<'t> Value<'t> {
    /// The string, if it is one.
    pub fn as_text(&self) -> Option<Text<'t>> {
        match self {
            Self::Text(text) => Some(*text),
            _ => None,
        }
    }

    /// The whole number, if it is one that is written without fraction and exponent and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<impl Iterator<Item = Value<'t>> + use<'t>> {
        match self {
            Self::Array(text) => Some(elements(text)),
            _ => None,
        }
    }
}
