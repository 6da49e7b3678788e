//! JSON as serde_json sees it, with the rules added that serde_json leaves to its users.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

/// What another reader says of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// An object, no name twice, within the limits.
    Good,
    Bad,
    /// It holds a number beyond what serde_json takes: it cannot say.
    None,
}

/// Checks a claims set.
pub fn opinion(document: &[u8], nesting: usize, members: usize) -> Opinion {
    let tally = Tally::default();
    let mut deserializer = serde_json::Deserializer::from_slice(document);
    let kind = Strict { tally: &tally, depth: 0 }.deserialize(&mut deserializer);
    match kind.and_then(|kind| deserializer.end().map(|()| kind)) {
        Ok(Kind::Object) if tally.deepest.get() <= nesting && tally.members.get() <= members => Opinion::Good,
        Ok(_) => Opinion::Bad,
        Err(error) if error.to_string().starts_with("number out of range") => Opinion::None,
        Err(_) => Opinion::Bad,
    }
}

#[derive(Default)]
struct Tally {
    deepest: Cell<usize>,
    members: Cell<usize>,
}

enum Kind {
    Object,
    Other,
}

/// A value whose objects name each member once.
#[derive(Clone, Copy)]
struct Strict<'c> {
    tally: &'c Tally,
    /// The brackets that are open around it.
    depth: usize,
}

impl Strict<'_> {
    fn inside(self) -> Self {
        let depth = self.depth + 1;
        self.tally.deepest.set(self.tally.deepest.get().max(depth));
        Self { depth, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Kind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate names")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Kind, A::Error> {
        let inside = self.inside();
        while elements.next_element_seed(inside)?.is_some() {}
        Ok(Kind::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Kind, A::Error> {
        let inside = self.inside();
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a name twice"));
            }
            self.tally.members.set(self.tally.members.get() + 1);
            members.next_value_seed(inside)?;
        }
        Ok(Kind::Object)
    }
}
