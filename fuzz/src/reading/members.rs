//! The members of one JSON object in their order, a name that is there twice included.

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// `None` if the text is not one object.
pub fn in_order(text: &str) -> Option<Vec<(String, &RawValue)>> {
    struct Object;

    impl<'t> Visitor<'t> for Object {
        type Value = Vec<(String, &'t RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            std::iter::from_fn(|| map.next_entry().transpose()).collect()
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Object).ok()?;
    deserializer.end().ok()?;
    Some(members)
}
