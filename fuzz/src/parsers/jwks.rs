//! Key files of all kinds; a JWK set is what its keys are, one by one, and those that are left out are named.

use glowband_core::{Algorithm, Jwk, Refusal};
use glowband_verify::{KeyReader, KeySet, Preparation};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

type Entries = Vec<(Option<Vec<u8>>, Algorithm)>;

pub fn compare(text: &[u8]) {
    let reader = KeyReader::new().prepare(Preparation::never());
    let set = reader.jwks(text);
    let file = reader.parse(text);
    if Jwk::parse(text).is_ok() {
        assert_eq!(
            file.as_ref().map(entries).map_err(|error| error.refusal()),
            reader.jwk(text).as_ref().map(entries).map_err(|error| error.refusal())
        );
    } else if text.trim_ascii_start().starts_with(b"{") && !text.windows(11).any(|window| window == b"-----BEGIN ") {
        assert_eq!(file.as_ref().map(entries).ok(), set.as_ref().map(entries).ok());
    }
    let Some(keys) = keys(text) else {
        return assert_eq!(set.err().map(|error| error.refusal()), Some(Refusal::KeyMalformed));
    };
    let (mut expected, mut left_out) = (Entries::new(), Vec::new());
    for (index, key) in keys.iter().enumerate() {
        match reader.jwk(key.get().as_bytes()) {
            Ok(set) => expected.extend(entries(&set)),
            Err(error) => left_out.push((index, error.refusal())),
        }
    }
    match set {
        Ok(set) => {
            assert_eq!(entries(&set), expected);
            assert!(!expected.is_empty());
            assert_eq!(set.skipped().iter().map(|key| (key.index, key.refusal())).collect::<Vec<_>>(), left_out);
        }
        Err(error) => {
            assert!(expected.is_empty(), "{error}");
            assert_eq!(error.refusal(), left_out.first().map_or(Refusal::KeyNotFound, |(_, refusal)| *refusal));
        }
    }
}

fn entries(set: &KeySet) -> Entries {
    set.iter().map(|(kid, algorithm)| (kid.map(<[u8]>::to_vec), algorithm)).collect()
}

/// The keys of a set as they are written: of an object that names `keys` once.
fn keys(text: &[u8]) -> Option<Vec<&RawValue>> {
    // Some editors begin a text with a byte order mark.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let members: Repeated<'_> = serde_json::from_slice(text).ok()?;
    match members.0.get("keys").map(Vec::as_slice) {
        Some([keys]) => serde_json::from_str(keys.get()).ok(),
        _ => None,
    }
}

/// All values of each name.
struct Repeated<'t>(BTreeMap<String, Vec<&'t RawValue>>);

impl<'t> serde::Deserialize<'t> for Repeated<'t> {
    fn deserialize<D: serde::Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'t> serde::de::Visitor<'t> for Collect {
            type Value = Repeated<'t>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::<String, Vec<&RawValue>>::new();
                while let Some((name, value)) = map.next_entry()? {
                    members.entry(name).or_default().push(value);
                }
                Ok(Repeated(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}
