//! The key ring against a list.

use super::cases;
use glowband_core::{Algorithm, Es256Key, Hs256Key, Key, KeyRing, KeySource, Refusal};
use glowband_tests::signing::{Es256Pair, hmac_sha256};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::LazyLock;

static POINT: LazyLock<[u8; 65]> = LazyLock::new(|| *Es256Pair::generate().expect("randomness").point());

#[derive(Clone, Debug)]
enum Step {
    /// The secret, told apart by its first byte; `None` stands for the one public key.
    Add(Vec<u8>, Option<u8>),
    Remove(Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    let kid = || vec(prop::sample::select(b"ab".to_vec()), 0..4);
    prop_oneof![
        3 => (kid(), any::<Option<u8>>()).prop_map(|(kid, secret)| Step::Add(kid, secret)),
        1 => kid().prop_map(Step::Remove),
    ]
}

fn algorithm(secret: Option<u8>) -> Algorithm {
    if secret.is_some() { Algorithm::Hs256 } else { Algorithm::Es256 }
}

fn key(secret: Option<u8>) -> Key {
    match secret {
        Some(byte) => Hs256Key::new(&[byte; 32]).expect("long enough").into(),
        None => Es256Key::from_sec1(POINT.as_slice()).expect("a point").into(),
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_ring_is_a_short_list(steps in vec(step(), 0..20)) {
        let mut ring = KeyRing::<3, 2>::new();
        let mut list: Vec<(Vec<u8>, Option<u8>)> = Vec::new();
        for step in steps {
            match step {
                Step::Add(kid, secret) => {
                    let same = list.iter().position(|(own, other)| {
                        // Keys without a name stand side by side.
                        !kid.is_empty() && *own == kid && algorithm(*other) == algorithm(secret)
                    });
                    let expected = match same {
                        _ if kid.len() > 2 => Err(Refusal::KeyIdTooLong),
                        Some(at) => { list[at].1 = secret; Ok(()) }
                        None if list.len() == 3 => Err(Refusal::KeyRingFull),
                        None => { list.push((kid.clone(), secret)); Ok(()) }
                    };
                    prop_assert_eq!(ring.add(&kid, key(secret)), expected);
                }
                Step::Remove(kid) => {
                    ring.remove(&kid);
                    list.retain(|(own, _)| *own != kid);
                }
            }
            prop_assert_eq!(ring.len(), list.len());
            prop_assert_eq!(ring.is_empty(), list.is_empty());
            for (index, (kid, secret)) in list.iter().enumerate() {
                let entry = ring.entry(index).expect("as long as the list");
                prop_assert_eq!(entry.kid, (!kid.is_empty()).then_some(kid.as_slice()));
                prop_assert_eq!(entry.key.algorithm(), algorithm(*secret));
                if let Some(byte) = secret {
                    prop_assert!(entry.key.check(b"m", &hmac_sha256(&[*byte; 32], b"m")).is_ok(), "not its own secret");
                }
            }
            prop_assert!(ring.entry(list.len()).is_none());
        }
    }
}
