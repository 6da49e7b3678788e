//! `aud`: one string, or a non-empty array of strings (RFC 7519 §4.1.3).

use crate::json::{Array, Span, Text};

/// For whom a token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience<'t> {
    form: Form<'t>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form<'t> {
    One(Text<'t>),
    /// Strings only, and not none of them.
    Several(Array<'t>),
}

impl<'t> Audience<'t> {
    #[inline]
    pub(crate) fn read(value: Span<'t>) -> Option<Self> {
        if let Some(text) = value.text() {
            return Some(Self { form: Form::One(text) });
        }
        let array = value.array()?;
        let mut count = 0_usize;
        let strings = array.elements().inspect(|_| count += 1).all(|element| element.text().is_some());
        (strings && count > 0).then_some(Self { form: Form::Several(array) })
    }

    /// The audiences, one or more.
    pub fn iter(&self) -> impl Iterator<Item = Text<'t>> + use<'t> {
        let (one, several) = match self.form {
            Form::One(text) => (Some(text), None),
            Form::Several(array) => (None, Some(array)),
        };
        one.into_iter().chain(several.into_iter().flat_map(|array| array.elements().filter_map(Span::text)))
    }

    /// Whether `audience` is one of them.
    pub fn contains(&self, audience: &str) -> bool {
        match self.form {
            Form::One(only) => only == *audience,
            Form::Several(array) => array.elements().filter_map(Span::text).any(|one| one == *audience),
        }
    }
}
