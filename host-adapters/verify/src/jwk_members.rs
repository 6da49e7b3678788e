//! The members of a JSON object as they are written, in order.

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Every member, those that are there twice too.
pub(crate) struct JwkMembers<'t>(pub(crate) Vec<(String, &'t RawValue)>);

impl<'t> JwkMembers<'t> {
    /// `None` if the text is no JSON object.
    pub(crate) fn read(text: &'t [u8]) -> Option<Self> {
        crate::json_object::read(text)
    }

    /// The value of the first member of this name, unless it is null.
    pub(crate) fn get(&self, name: &str) -> Option<&'t RawValue> {
        let (_, value) = self.0.iter().find(|(own, _)| own == name)?;
        (value.get() != "null").then_some(*value)
    }

    /// The string of this name, if it is one.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// A name that is there twice.
    pub(crate) fn repeated(&self) -> Option<&str> {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first().copied())
    }
}

impl<'t> serde::Deserialize<'t> for JwkMembers<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'t> Visitor<'t> for Collect {
            type Value = JwkMembers<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(JwkMembers(members))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Err(E::custom("no object"))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// What a JSON value is: `a number`.
pub(crate) fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}
