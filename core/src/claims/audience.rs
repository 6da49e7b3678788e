//! `aud`: one string, or a non-empty array of strings (RFC 7519 §4.1.3).

use crate::json::{Text, Value};

/// For whom a token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience<'t> {
    value: Value<'t>,
}

impl<'t> Audience<'t> {
    pub(crate) fn read(value: Value<'t>) -> Option<Self> {
        let well_formed = match &value {
            Value::Text(_) => true,
            Value::Array(_) => {
                let mut elements = value.as_array()?.peekable();
                elements.peek().is_some() && elements.all(|element| element.as_text().is_some())
            }
            _ => false,
        };
        well_formed.then_some(Self { value })
    }

    /// The audiences, one or more.
    pub fn iter(&self) -> impl Iterator<Item = Text<'t>> + use<'t> {
        let several = self.value.as_array().into_iter().flatten();
        several.chain(self.value.as_text().map(Value::Text)).filter_map(|value| value.as_text())
    }

    /// Whether `audience` is one of them.
    pub fn contains(&self, audience: &str) -> bool {
        self.iter().any(|one| one == *audience)
    }
}
