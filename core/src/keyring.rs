//! The keys of a verifier: one key, a borrowed slice, or an owned ring; and their selection for a token.

use crate::alg::{Algorithm, SignatureCheck};
use crate::json::Text;
use crate::limits::MAX_KEYS_TRIED;
use crate::{Key, Refusal};
use heapless::Vec;

/// A key and its optional `kid`.
#[derive(Clone, Copy)]
pub struct KeyEntry<'k> {
    /// The identifier of the key, compared byte by byte. An entry without it matches every token.
    pub kid: Option<&'k [u8]>,
    /// The key.
    pub key: &'k (dyn SignatureCheck + Sync),
}

/// Keys in a fixed order.
///
/// An entry with a `kid` matches tokens with that `kid` or with none; an entry without one matches any token. Of
/// those, only keys of the token's algorithm are tried, those with the token's `kid` first, and no more than the limits
/// allow ([`Limits::keys_tried`](crate::Limits::keys_tried)). Entries after the first 65535 are ignored.
pub trait KeySource {
    /// Returns the entry at `index`, counted from zero; `None` after the last one.
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>>;
}

impl<S: SignatureCheck + Sync> KeySource for S {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        (index == 0).then_some(KeyEntry { kid: None, key: self })
    }
}

impl KeySource for [KeyEntry<'_>] {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        self.get(index).copied()
    }
}

impl<const N: usize> KeySource for [KeyEntry<'_>; N] {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        self.get(index).copied()
    }
}

/// Up to `N` keys by value, each with a `kid` of up to `KID` bytes.
///
/// ```
/// use glowband_core::{Hs256Key, KeyRing};
///
/// let mut ring = KeyRing::<4>::new();
/// ring.add(b"2026-11", Hs256Key::new(&[7; 32])?)?;
/// assert_eq!(ring.len(), 1);
/// # Ok::<(), glowband_core::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyRing<const N: usize, const KID: usize = 48> {
    entries: Vec<RingEntry<KID>, N>,
}

#[derive(Clone, Debug)]
struct RingEntry<const KID: usize> {
    kid: Vec<u8, KID>,
    key: Key,
}

impl<const N: usize, const KID: usize> KeyRing<N, KID> {
    /// Creates an empty ring.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Adds a key. It replaces a key with the same `kid` and the same algorithm.
    ///
    /// An empty `kid` means none, and replaces nothing.
    ///
    /// # Errors
    /// [`Refusal::KeyIdTooLong`] over `KID` bytes, [`Refusal::KeyRingFull`] over `N` keys; the ring is then unchanged.
    // Without an algorithm of our own there is no key to add.
    #[cfg_attr(not(any(feature = "hs256", feature = "es256")), allow(unreachable_code, unused_variables))]
    pub fn add(&mut self, kid: &[u8], key: impl Into<Key>) -> Result<(), Refusal> {
        let key = key.into();
        let kid = Vec::from_slice(kid).map_err(|_| Refusal::KeyIdTooLong)?;
        let same = |entry: &&mut RingEntry<KID>| {
            !kid.is_empty() && entry.kid == kid && entry.key.algorithm() == key.algorithm()
        };
        if let Some(entry) = self.entries.iter_mut().find(same) {
            entry.key = key;
            return Ok(());
        }
        self.entries.push(RingEntry { kid, key }).map_err(|_| Refusal::KeyRingFull)
    }

    /// Removes every key with this `kid`.
    pub fn remove(&mut self, kid: &[u8]) {
        self.entries.retain(|entry| entry.kid != kid);
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns true if there is no key. Every token is then refused.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<const N: usize, const KID: usize> Default for KeyRing<N, KID> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize, const KID: usize> KeySource for KeyRing<N, KID> {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        let RingEntry { kid, key } = self.entries.get(index)?;
        Some(KeyEntry { kid: (!kid.is_empty()).then_some(kid), key })
    }
}

/// Which entries are selected.
#[derive(Clone, Copy)]
enum Wanted<'t> {
    Named(Text<'t>),
    Nameless,
    Any,
}

/// The entries that are tried for one token.
pub(crate) struct Candidates {
    indices: [u16; MAX_KEYS_TRIED as usize],
    count: u8,
    limit: u8,
    more: bool,
}

impl Candidates {
    /// Selects by `kid` *and* algorithm.
    pub(crate) fn select<K: KeySource + ?Sized>(
        keys: &K,
        kid: Option<Text<'_>>,
        algorithm: Algorithm,
        limit: u8,
    ) -> Result<Self, Refusal> {
        let mut chosen = Self { indices: [0; MAX_KEYS_TRIED as usize], count: 0, limit, more: false };
        let mut refusal = Refusal::KeyNotFound;
        if let Some(kid) = kid {
            chosen.take(keys, algorithm, &mut refusal, Wanted::Named(kid));
            chosen.take(keys, algorithm, &mut refusal, Wanted::Nameless);
        } else {
            chosen.take(keys, algorithm, &mut refusal, Wanted::Any);
        }
        if chosen.count == 0 { Err(refusal) } else { Ok(chosen) }
    }

    /// Adds the entries whose `kid` matches, up to the limit.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    #[cfg_attr(target_os = "none", inline(never))]
    fn take<K: KeySource + ?Sized>(
        &mut self,
        keys: &K,
        algorithm: Algorithm,
        refusal: &mut Refusal,
        wanted: Wanted<'_>,
    ) {
        for index in 0..u16::MAX {
            let Some(entry) = keys.entry(usize::from(index)) else {
                break;
            };
            let fits = match (wanted, entry.kid) {
                (Wanted::Named(kid), Some(own)) => kid.is(own),
                (Wanted::Named(_), None) | (Wanted::Nameless, Some(_)) => false,
                (Wanted::Nameless, None) | (Wanted::Any, _) => true,
            };
            if !fits {
                continue;
            }
            if entry.key.algorithm() != algorithm {
                *refusal = refusal.or_more_telling(Refusal::AlgorithmMismatch);
                continue;
            }
            match self.indices.get_mut(usize::from(self.count)) {
                Some(place) if self.count < self.limit => {
                    *place = index;
                    self.count += 1;
                }
                _ => {
                    self.more = true;
                    break;
                }
            }
        }
    }

    /// Returns the entry, if there is exactly one.
    pub(crate) fn only(&self) -> Option<usize> {
        let [first, ..] = self.indices;
        (self.count == 1 && !self.more).then_some(usize::from(first))
    }

    /// Tries the entries one after the other.
    pub(crate) fn check<K: KeySource + ?Sized>(
        &self,
        keys: &K,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), Refusal> {
        let tried = self.indices.iter().take(usize::from(self.count));
        let mut entries = tried.filter_map(|index| keys.entry(usize::from(*index)));
        let genuine = entries.any(|entry| entry.key.check(signing_input, signature).is_ok());
        match (genuine, self.more) {
            (true, _) => Ok(()),
            (false, false) => Err(Refusal::BadSignature),
            (false, true) => Err(Refusal::TooManyKeys),
        }
    }
}

#[cfg(all(test, feature = "hs256"))]
mod tests {
    use super::*;
    use crate::{Hs256Key, Key, SignatureMismatch};

    #[test]
    fn a_ring_replaces_by_kid_and_refuses_what_does_not_fit() {
        let key = || Hs256Key::new(&[1; 32]).unwrap();
        let mut ring = KeyRing::<2, 4>::default();
        assert!(ring.is_empty() && ring.entry(0).is_none());
        ring.add(b"a", key()).unwrap();
        ring.add(b"a", key()).unwrap();
        ring.add(b"", key()).unwrap();
        assert_eq!(ring.len(), 2);
        assert_eq!(ring.add(b"c", key()), Err(Refusal::KeyRingFull));
        assert_eq!(ring.add(b"longer", key()), Err(Refusal::KeyIdTooLong));
        assert_eq!(ring.add(b"", key()), Err(Refusal::KeyRingFull), "keys without a name stand side by side");
        assert_eq!(ring.entry(0).unwrap().kid, Some(b"a".as_slice()));
        assert_eq!(ring.entry(1).unwrap().kid, None);
        ring.remove(b"a");
        assert_eq!((ring.len(), ring.is_empty()), (1, false));
        assert_eq!(ring.entry(0).unwrap().kid, None);
    }

    #[test]
    fn the_named_key_is_tried_before_those_without_a_name() {
        let (other, named) = (Hs256Key::new(&[1; 32]).unwrap(), Hs256Key::new(&[2; 32]).unwrap());
        let nameless = KeyEntry { kid: None, key: &other };
        let entries = [nameless, nameless, nameless, nameless, KeyEntry { kid: Some(b"a"), key: &named }];
        let select = |kid| Candidates::select(entries.as_slice(), kid, Algorithm::Hs256, 4).unwrap();
        let chosen = select(Some(Text::new(b"a", false)));
        assert_eq!((&chosen.indices[..4], chosen.count, chosen.more), ([4, 0, 1, 2].as_slice(), 4, true));
        let chosen = select(None);
        assert_eq!((&chosen.indices[..4], chosen.count, chosen.more), ([0, 1, 2, 3].as_slice(), 4, true));
        assert_eq!(chosen.check(&entries, b"", &[0; 32]), Err(Refusal::TooManyKeys));
    }

    #[test]
    fn as_many_keys_are_tried_as_the_limit_says() {
        let (other, good) = (Hs256Key::new(&[1; 32]).unwrap(), Genuine);
        for place in 0..20_usize {
            let mut entries = [KeyEntry { kid: None, key: &other }; 20];
            entries[place].key = &good;
            for limit in 1..=MAX_KEYS_TRIED {
                let chosen = Candidates::select(&entries, None, Algorithm::Hs256, limit).unwrap();
                let expected = if place < usize::from(limit) { Ok(()) } else { Err(Refusal::TooManyKeys) };
                assert_eq!(chosen.check(&entries, b"", &[0; 32]), expected, "{place} {limit}");
            }
        }
        let entries = [KeyEntry { kid: None, key: &other }; 16];
        let chosen = Candidates::select(&entries, None, Algorithm::Hs256, 16).unwrap();
        assert_eq!(chosen.check(&entries, b"", &[0; 32]), Err(Refusal::BadSignature), "all were tried");
    }

    /// A key that finds every signature genuine.
    struct Genuine;

    impl SignatureCheck for Genuine {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Hs256
        }

        fn check(&self, _: &[u8], _: &[u8]) -> Result<(), SignatureMismatch> {
            Ok(())
        }
    }

    #[test]
    fn one_key_is_the_only_one() {
        let key = Key::from(Hs256Key::new(&[1; 32]).unwrap());
        let entry = KeyEntry { kid: None, key: &key };
        let select = |entries: &[KeyEntry<'_>]| Candidates::select(entries, None, Algorithm::Hs256, 4).unwrap();
        assert_eq!(select(&[entry]).only(), Some(0));
        assert_eq!(select(&[entry; 2]).only(), None);
        assert_eq!(select(&[entry; 5]).only(), None);
        assert_eq!(select(&[entry; 2]).check(&[entry; 2], b"", &[0; 32]), Err(Refusal::BadSignature));
        assert_eq!(key.check(b"", &[0; 32]), Err(SignatureMismatch));
        let unfit = Candidates { indices: [0; MAX_KEYS_TRIED as usize], count: 1, limit: 1, more: true };
        assert_eq!(unfit.only(), None);
    }
}
