//! Owned keys in a fixed order, for one process and all its threads.

use crate::es256::HostEs256Key;
use crate::hs256::HostHs256Key;
use crate::key_error::{KeyFileError, SkippedKey};
use glowband_core::{Algorithm, KeyEntry, KeySource, SignatureCheck};
use std::any::Any;
#[cfg(feature = "remote")]
use std::collections::HashMap;
use std::fmt;

/// A key of any algorithm that threads can share.
pub type BoxedKey = Box<dyn SignatureCheck + Send + Sync>;

/// Any number of keys, each with an optional `kid`; a [`KeySource`] for the core's `Verifier`.
///
/// `Debug` shows names and algorithms, never key material.
#[derive(Default)]
pub struct KeySet {
    entries: Vec<Entry>,
    skipped: Vec<SkippedKey>,
}

struct Entry {
    kid: Option<Box<[u8]>>,
    key: HostKey,
    /// The number of the key. A key has one entry for each of its algorithms.
    number: usize,
}

/// A key by its kind. Some kinds can verify several signatures at once.
pub(crate) enum HostKey {
    Es256(HostEs256Key),
    Hs256(HostHs256Key),
    Other(BoxedKey),
}

/// The keys of one entry of a key file: one, or one for each algorithm that the key can be for.
pub(crate) struct NamedKeys {
    pub(crate) kid: Option<String>,
    pub(crate) keys: Vec<HostKey>,
}

impl KeySet {
    /// Creates a set without keys, with which every token is refused.
    pub const fn new() -> Self {
        Self { entries: Vec::new(), skipped: Vec::new() }
    }

    /// Adds a key at the end. Without a `kid` it is tried for every token of its algorithm.
    pub fn add(&mut self, kid: Option<&[u8]>, key: impl SignatureCheck + Send + Sync + 'static) {
        // Recognises a key that can verify several signatures at once.
        let mut key = Some(key);
        let seen: &mut dyn Any = &mut key;
        let key = match seen.downcast_mut().and_then(Option::take) {
            Some(key) => Some(HostKey::Es256(key)),
            None => key.map(|key| HostKey::Other(Box::new(key))),
        };
        if let Some(key) = key {
            self.add_key(kid, key);
        }
    }

    /// Prepares every ES256 key now, in this thread. [`Preparation`](crate::Preparation) sets when this happens
    /// automatically.
    pub fn prepare(&self) {
        for entry in &self.entries {
            if let HostKey::Es256(key) = &entry.key {
                key.prepare();
            }
        }
    }

    /// Removes every key that is not for `algorithm`.
    pub fn retain_algorithm(&mut self, algorithm: Algorithm) {
        self.entries.retain(|entry| entry.key.as_check().algorithm() == algorithm);
    }

    /// Returns `kid` and algorithm of each entry, in order. A key that names no algorithm has one entry for each that it can
    /// be for: six for RSA, up to three for a secret.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&[u8]>, Algorithm)> {
        self.entries.iter().map(|entry| (entry.kid.as_deref(), entry.key.as_check().algorithm()))
    }

    /// Returns the number of entries: one for each algorithm of each key.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the number of keys, each counted once.
    pub fn key_count(&self) -> usize {
        let mut numbers: Vec<_> = self.entries.iter().map(|entry| entry.number).collect();
        numbers.dedup();
        numbers.len()
    }

    /// Returns true if there is no key.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the keys of the file that cannot be used, and why.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// Adds a key that was read, for each of its algorithms.
    pub(crate) fn add_read(&mut self, read: NamedKeys) {
        let kid: Option<Box<[u8]>> = read.kid.map(|kid| kid.into_bytes().into());
        let number = self.next_number();
        self.entries.extend(read.keys.into_iter().map(|key| Entry { kid: kid.clone(), key, number }));
    }

    /// Returns the set if it has a key, else an error that lists every key with its fault.
    pub(crate) fn unless_empty(self) -> Result<Self, KeyFileError> {
        if self.is_empty() { Err(KeyFileError::NoUsableKey(self.skipped)) } else { Ok(self) }
    }

    fn add_key(&mut self, kid: Option<&[u8]>, key: HostKey) {
        let number = self.next_number();
        self.entries.push(Entry { kid: kid.map(Box::from), key, number });
    }

    fn next_number(&self) -> usize {
        self.entries.last().map_or(0, |last| last.number + 1)
    }

    /// Returns the key of an entry, by its kind.
    pub(crate) fn key(&self, index: usize) -> Option<&HostKey> {
        self.entries.get(index).map(|entry| &entry.key)
    }

    #[cfg(test)]
    pub(crate) fn es256_keys(&self) -> impl Iterator<Item = &HostEs256Key> {
        self.entries.iter().filter_map(|entry| match &entry.key {
            HostKey::Es256(key) => Some(key),
            HostKey::Hs256(_) | HostKey::Other(_) => None,
        })
    }

    /// Reuses the prepared tables of ES256 keys that are in an earlier set too.
    #[cfg(feature = "remote")]
    pub(crate) fn adopt(&mut self, before: &Self) {
        let es256 = before.entries.iter().filter_map(|entry| match &entry.key {
            HostKey::Es256(key) => Some((key.point(), key)),
            HostKey::Hs256(_) | HostKey::Other(_) => None,
        });
        let known: HashMap<_, _> = es256.collect();
        for entry in &mut self.entries {
            if let HostKey::Es256(key) = &mut entry.key
                && let Some(known) = known.get(key.point())
            {
                *key = (*known).clone();
            }
        }
    }

    pub(crate) fn skip(&mut self, key: SkippedKey) {
        self.skipped.push(key);
    }

    pub(crate) fn into_skipped(self) -> Vec<SkippedKey> {
        self.skipped
    }
}

impl HostKey {
    pub(crate) fn as_check(&self) -> &(dyn SignatureCheck + Sync) {
        match self {
            Self::Es256(key) => key,
            Self::Hs256(key) => key,
            Self::Other(key) => &**key,
        }
    }

    pub(crate) fn boxed(self) -> BoxedKey {
        match self {
            Self::Es256(key) => Box::new(key),
            Self::Hs256(key) => Box::new(key),
            Self::Other(key) => key,
        }
    }
}

impl KeySource for KeySet {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        let Entry { kid, key, .. } = self.entries.get(index)?;
        Some(KeyEntry { kid: kid.as_deref(), key: key.as_check() })
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(kid, algorithm)| (algorithm, kid.map(String::from_utf8_lossy)));
        f.write_str("KeySet ")?;
        f.debug_list().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Hs256Key;

    #[test]
    fn keys_keep_their_order_and_name() {
        let mut keys = KeySet::new();
        assert!(keys.is_empty() && keys.entry(0).is_none());
        keys.add(Some(b"a"), Hs256Key::new(&[1; 32]).unwrap());
        keys.add(None, Hs256Key::new(&[2; 32]).unwrap());
        assert_eq!(keys.len(), 2);
        assert_eq!(keys.entry(0).unwrap().kid, Some(b"a".as_slice()));
        assert_eq!(keys.entry(1).unwrap().kid, None);
        assert!(keys.entry(2).is_none());
        assert_eq!(format!("{keys:?}"), r#"KeySet [(Hs256, Some("a")), (Hs256, None)]"#);
        keys.retain_algorithm(Algorithm::Es256);
        assert!(keys.is_empty());
    }

    #[test]
    fn a_key_with_several_algorithms_counts_once() {
        let mut keys = crate::KeyReader::new()
            .jwks(
                br#"{"keys":[
            {"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"},
            {"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}
        ]}"#,
            )
            .unwrap();
        assert_eq!((keys.len(), keys.key_count()), (6, 2));
        keys.add(None, Hs256Key::new(&[1; 32]).unwrap());
        assert_eq!(keys.key_count(), 3);
        keys.retain_algorithm(Algorithm::Hs512);
        assert_eq!((keys.len(), keys.key_count()), (2, 2));
        assert_eq!(KeySet::new().key_count(), 0);
    }

    #[cfg(feature = "remote")]
    #[test]
    fn keys_that_stay_keep_their_tables() {
        use crate::{Es256Arithmetic, KeyReader, Preparation};
        const STAYS: &str = r#"{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        const COMES: &str = r#"{"kty":"EC","crv":"P-256","kid":"b","x":"WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis","y":"y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE"}"#;
        let reader = KeyReader::new().prepare(Preparation::never());
        let before = reader.jwks(format!(r#"{{"keys":[{STAYS}]}}"#).as_bytes()).unwrap();
        before.prepare();
        let mut after = reader.jwks(format!(r#"{{"keys":[{COMES},{STAYS}]}}"#).as_bytes()).unwrap();
        after.adopt(&before);
        let arithmetic: Vec<_> = after.es256_keys().map(HostEs256Key::arithmetic).collect();
        assert_eq!(arithmetic[0], Es256Arithmetic::AwsLc);
        assert_ne!(arithmetic[1], Es256Arithmetic::AwsLc);
        assert_eq!(after.iter().map(|(kid, _)| kid).collect::<Vec<_>>(), [Some(&b"b"[..]), Some(b"a")]);
    }

    #[test]
    fn threads_may_share_a_set() {
        fn shared<T: Send + Sync>() {}
        shared::<KeySet>();
    }
}
