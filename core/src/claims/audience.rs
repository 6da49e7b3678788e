//! `aud`: one string, or an array of strings (RFC 7519 §4.1.3).

use crate::json::{Array, Span, Text};

/// The audience of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience<'t> {
    form: Form<'t>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form<'t> {
    One(Text<'t>),
    /// Strings only.
    Several(Array<'t>),
}

impl<'t> Audience<'t> {
    #[inline]
    pub(crate) fn read(value: Span<'t>) -> Option<Self> {
        if let Some(text) = value.text() {
            return Some(Self { form: Form::One(text) });
        }
        let array = value.array()?;
        let strings = array.elements().all(|element| element.text().is_some());
        strings.then_some(Self { form: Form::Several(array) })
    }

    /// Returns the audiences; none if the claim is an empty array.
    pub fn iter(&self) -> impl Iterator<Item = Text<'t>> + use<'t> {
        let (one, several) = match self.form {
            Form::One(text) => (Some(text), None),
            Form::Several(array) => (None, Some(array)),
        };
        one.into_iter().chain(several.into_iter().flat_map(|array| array.elements().filter_map(Span::text)))
    }

    /// Returns true if `audience` is one of them.
    pub fn contains(&self, audience: &str) -> bool {
        match self.form {
            Form::One(only) => only == *audience,
            Form::Several(array) => array.elements().filter_map(Span::text).any(|one| one == *audience),
        }
    }
}
