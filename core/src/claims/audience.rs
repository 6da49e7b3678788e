//! `aud`: one string, or a non-empty array of strings (RFC 7519 §4.1.3).

use crate::json::{Span, Text};

/// For whom a token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience<'t> {
    value: Span<'t>,
}

impl<'t> Audience<'t> {
    pub(crate) fn read(value: Span<'t>) -> Option<Self> {
        let well_formed = value.text().is_some() || {
            let mut elements = value.elements()?.peekable();
            elements.peek().is_some() && elements.all(|element| element.text().is_some())
        };
        well_formed.then_some(Self { value })
    }

    /// The audiences, one or more.
    pub fn iter(&self) -> impl Iterator<Item = Text<'t>> + use<'t> {
        let several = self.value.elements().into_iter().flatten();
        several.filter_map(Span::text).chain(self.value.text())
    }

    /// Whether `audience` is one of them.
    pub fn contains(&self, audience: &str) -> bool {
        match self.value.text() {
            Some(only) => only == *audience,
            None => self.iter().any(|one| one == *audience),
        }
    }
}
