//! Strict JSON (RFC 8259) in one pass: no heap, no recursion, no duplicate names.
//!
//! The grammar of RFC 8259 allows escapes of lone surrogates, and calls what readers make of them unpredictable (§8.2).
//! They are refused here, and so are duplicate names, by the rules of I-JSON (RFC 7493 §2.1, §2.3).
//!
//! [`walk`] validates a whole document and passes each member of its outermost object to a visitor. Strings are then valid,
//! numbers follow the grammar, and spans are exact.

#[cfg(any(target_os = "none", test))]
mod few_names;
mod lexer;
mod members;
mod number;
#[cfg(any(target_os = "none", test, feature = "internals"))]
pub(crate) mod small_utf8;
mod tag;
mod text;
mod value;
mod walk;

pub use number::NumericDate;
pub use text::Text;
pub use value::Value;

pub use members::NameSlot;
pub(crate) use members::{Member, ShortName};
pub(crate) use value::{Array, Place, Span};
pub(crate) use walk::{Fault, walk, walk_with_slots};
