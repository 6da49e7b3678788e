//! An ES256 key on a server: verifies with aws-lc until its tables are computed.

use super::preparation::{Preparation, When};
use super::prepared_key::PreparedKey;
use super::preparer::Preparer;
use crate::alg::EcdsaKey;
use glowband_core::{Algorithm, Refusal, SignatureCheck, SignatureMismatch};
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// A public key for `ES256` that is several times as fast when it is prepared.
///
/// The verdicts are the same before and after. A verification never waits for the preparation. Clones are handles to the
/// same key.
#[derive(Clone)]
pub struct HostEs256Key {
    shared: Arc<SharedKey>,
}

/// The arithmetic that a key uses at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Es256Arithmetic {
    /// aws-lc. The key is not prepared.
    AwsLc,
    /// Tables, with portable code.
    Portable,
    /// Tables, with the vector instructions AVX-512 IFMA.
    Avx512Ifma,
}

pub(super) struct SharedKey {
    unprepared: EcdsaKey,
    point: Box<[u8]>,
    prepared: OnceLock<PreparedKey>,
    /// The number of uses before the key is prepared.
    uses_left: AtomicU32,
    /// The preparer of all keys of the set, which has only weak references to them.
    preparer: Arc<Preparer>,
}

impl HostEs256Key {
    /// Makes a key from a SEC1 point: 65 bytes (`04 ‖ x ‖ y`) or 33 bytes (`02`/`03 ‖ x`).
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`] for any other form, and for a point that is not on P-256.
    pub fn new(point: &[u8], preparation: Preparation) -> Result<Self, Refusal> {
        let preparer = Arc::new(Preparer::new(preparation));
        let key = Self::of_set(point, &preparer)?;
        preparer.start();
        Ok(key)
    }

    /// As [`new`](Self::new), for a key of a set. The caller starts the preparer when the set is complete.
    pub(crate) fn of_set(point: &[u8], preparer: &Arc<Preparer>) -> Result<Self, Refusal> {
        let uses = match preparer.preparation().when() {
            When::AfterUses(uses) => uses.max(1),
            When::AtLoad | When::Never => 0,
        };
        let key = SharedKey {
            unprepared: EcdsaKey::es256(point)?,
            point: point.into(),
            prepared: OnceLock::new(),
            uses_left: AtomicU32::new(uses),
            preparer: Arc::clone(preparer),
        };
        let key = Self { shared: Arc::new(key) };
        if preparer.preparation().when() == When::AtLoad {
            preparer.add(Arc::downgrade(&key.shared));
        }
        Ok(key)
    }

    /// Prepares the key now, in this thread, independent of the setting. Does nothing if it is already prepared.
    pub fn prepare(&self) {
        self.shared.prepare();
    }

    /// Returns the arithmetic that the key uses at present.
    pub fn arithmetic(&self) -> Es256Arithmetic {
        self.shared.prepared.get().map_or(Es256Arithmetic::AwsLc, PreparedKey::arithmetic)
    }
}

impl HostEs256Key {
    /// Returns the key as a point. The same key has two forms.
    #[cfg(feature = "remote")]
    pub(crate) fn point(&self) -> &[u8] {
        &self.shared.point
    }

    pub(super) fn prepared(&self) -> Option<&PreparedKey> {
        self.shared.prepared.get()
    }
}

impl SharedKey {
    pub(super) fn prepare(&self) {
        if self.prepared.get().is_none()
            // aws-lc accepted the point, so this succeeds. If it does not, aws-lc continues to verify.
            && let Ok(prepared) = PreparedKey::new(&self.point, self.preparer.preparation())
        {
            // Another thread may have been faster. Its tables are the same.
            let _ = self.prepared.set(prepared);
        }
    }
}

impl SignatureCheck for HostEs256Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        match self.shared.prepared.get() {
            Some(prepared) => prepared.check(signing_input, signature),
            None => self.check_unprepared(signing_input, signature),
        }
    }
}

impl HostEs256Key {
    #[cold]
    fn check_unprepared(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        let preparer = &self.shared.preparer;
        if matches!(preparer.preparation().when(), When::AfterUses(_))
            && self.shared.uses_left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            preparer.add(Arc::downgrade(&self.shared));
            preparer.start();
        }
        self.shared.unprepared.check(signing_input, signature)
    }
}

impl fmt::Debug for HostEs256Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostEs256Key({:?}, public)", self.arithmetic())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyReader;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use base64ct::{Base64UrlUnpadded, Encoding};
    use glowband_core::TableShape;
    use std::thread;
    use std::time::{Duration, Instant};

    fn pair() -> EcdsaKeyPair {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
    }

    fn point(pair: &EcdsaKeyPair) -> &[u8] {
        pair.public_key().as_ref()
    }

    fn sign(pair: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
        pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }

    fn wait_until(mut done: impl FnMut() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < Duration::from_secs(60), "it takes too long");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_key_says_the_same_before_and_after_it_is_prepared() {
        for shape in [TableShape::Comb2, TableShape::Windows4, TableShape::Windows6] {
            let pair = pair();
            let key = HostEs256Key::new(point(&pair), Preparation::never().shape(shape)).unwrap();
            let signature = sign(&pair, b"a.b");
            let verdicts_are_right = || {
                assert_eq!(key.check(b"a.b", &signature), Ok(()));
                for at in 0..64 {
                    let mut wrong = signature.clone();
                    wrong[at] ^= 1;
                    assert_eq!(key.check(b"a.b", &wrong), Err(SignatureMismatch));
                }
                for length in [0, 1, 63] {
                    assert_eq!(key.check(b"a.b", &signature[..length]), Err(SignatureMismatch));
                }
                assert_eq!(key.check(b"a.b", &[&signature[..], &[0]].concat()), Err(SignatureMismatch));
                assert_eq!(key.check(b"a.c", &signature), Err(SignatureMismatch));
            };
            verdicts_are_right();
            assert_eq!(key.arithmetic(), Es256Arithmetic::AwsLc);
            assert_eq!(format!("{key:?}"), "HostEs256Key(AwsLc, public)");
            key.prepare();
            assert_ne!(key.arithmetic(), Es256Arithmetic::AwsLc);
            verdicts_are_right();
        }
    }

    #[test]
    fn a_key_is_prepared_after_so_many_uses_and_not_before() {
        let pair = pair();
        let signature = sign(&pair, b"a.b");
        let key = HostEs256Key::new(point(&pair), Preparation::after_uses(3).shape(TableShape::Comb2)).unwrap();
        for _ in 0..2 {
            assert_eq!(key.check(b"a.b", &signature), Ok(()));
        }
        thread::sleep(Duration::from_millis(20));
        assert_eq!(key.arithmetic(), Es256Arithmetic::AwsLc);
        assert_eq!(key.check(b"a.b", &signature), Ok(()));
        wait_until(|| key.arithmetic() != Es256Arithmetic::AwsLc);
        assert_eq!(key.check(b"a.b", &signature), Ok(()));
    }

    #[test]
    fn the_keys_of_a_set_are_prepared_at_load_in_the_background() {
        let pairs: Vec<_> = (0..5).map(|_| pair()).collect();
        let jwk = |pair: &EcdsaKeyPair| {
            let [x, y] = [1..33, 33..65].map(|part| Base64UrlUnpadded::encode_string(&point(pair)[part]));
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#)
        };
        let set = format!(r#"{{"keys":[{}]}}"#, pairs.iter().map(jwk).collect::<Vec<_>>().join(","));
        let reader = KeyReader::new().prepare(Preparation::at_load().shape(TableShape::Comb2));
        let keys = reader.jwks(set.as_bytes()).unwrap();
        wait_until(|| keys.es256_keys().all(|key| key.arithmetic() != Es256Arithmetic::AwsLc));
        assert_eq!(keys.es256_keys().count(), 5);
        let never = KeyReader::new().prepare(Preparation::never()).jwks(set.as_bytes()).unwrap();
        assert!(never.es256_keys().all(|key| key.arithmetic() == Es256Arithmetic::AwsLc));
        never.prepare();
        assert!(never.es256_keys().all(|key| key.arithmetic() != Es256Arithmetic::AwsLc));
    }

    #[test]
    fn a_key_that_is_dropped_before_its_turn_leaves_nothing() {
        let preparer = Arc::new(Preparer::new(Preparation::at_load().shape(TableShape::Windows4)));
        let keys: Vec<_> = (0..20).map(|_| HostEs256Key::of_set(point(&pair()), &preparer).unwrap()).collect();
        let weak: Vec<_> = keys.iter().map(|key| Arc::downgrade(&key.shared)).collect();
        preparer.start();
        drop(keys);
        wait_until(|| weak.iter().all(|key| key.strong_count() == 0));
        // The thread drops its reference to the preparer when it ends.
        wait_until(|| Arc::strong_count(&preparer) == 1);
        drop(weak);
    }

    #[test]
    fn a_set_of_very_many_keys_is_prepared_in_part() {
        let preparer = Arc::new(Preparer::new(Preparation::at_load().shape(TableShape::Windows8)));
        let pair = pair();
        let keys: Vec<_> = (0..40).map(|_| HostEs256Key::of_set(point(&pair), &preparer).unwrap()).collect();
        preparer.start();
        wait_until(|| Arc::strong_count(&preparer) == 1 + keys.len());
        let prepared = keys.iter().filter(|key| key.arithmetic() != Es256Arithmetic::AwsLc).count();
        assert_eq!(prepared, 32, "8 MiB of tables with 256 KiB each");
        let signature = sign(&pair, b"a.b");
        assert!(keys.iter().all(|key| key.check(b"a.b", &signature).is_ok()));
    }

    #[test]
    fn what_is_no_point_is_refused_by_its_name() {
        assert_eq!(HostEs256Key::new(&[4; 65], Preparation::never()).err(), Some(Refusal::PointInvalid));
    }
}
