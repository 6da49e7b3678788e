//! ES256 by every arithmetic of the host against aws-lc, and a tenth of it against RustCrypto: random keys, random
//! messages, about half of the signatures changed by a bit. Few are tried with all other tests, ten million on request
//! (`cargo checks long-compare`).

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use glowband_core::{Es256Key, SignatureCheck, TableShape};
use glowband_tests::signing::encode;
use glowband_verify::{EcdsaKey, HostEs256Key, HostVerifier, KeySet, OwnedPolicy, Preparation};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Signatures by one key before the next.
const PER_KEY: usize = 20_000;
/// Tokens in a batch.
const BATCH: usize = 64;
/// A line about the progress after so many.
const PER_LINE: usize = 500_000;

#[derive(Default)]
struct Tally {
    genuine: AtomicUsize,
    tried: AtomicUsize,
    twice: AtomicUsize,
}

/// One key by every arithmetic.
struct Keys {
    pair: EcdsaKeyPair,
    aws_lc: EcdsaKey,
    rust_crypto: Es256Key,
    portable: HostEs256Key,
    fastest: HostEs256Key,
    batches: HostVerifier,
}

impl Keys {
    fn new(shape: TableShape) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a pair");
        let point = pair.public_key().as_ref();
        let prepared = |preparation: Preparation| {
            let key = HostEs256Key::new(point, preparation.shape(shape)).expect("a point");
            key.prepare();
            key
        };
        let fastest = prepared(Preparation::never());
        let mut set = KeySet::new();
        set.add(None, fastest.clone());
        Self {
            aws_lc: EcdsaKey::es256(point).expect("a point"),
            rust_crypto: Es256Key::from_sec1(point).expect("a point"),
            portable: prepared(Preparation::never().portable()),
            fastest,
            batches: HostVerifier::new(set, OwnedPolicy::expect("i", "a")),
            pair,
        }
    }

    /// A batch of tokens; every arithmetic must say of each what aws-lc says.
    fn compare(&self, random: &SystemRandom, tally: &Tally) {
        let mut tokens = Vec::with_capacity(BATCH);
        let mut expected = Vec::with_capacity(BATCH);
        for at in 0..BATCH {
            let mut bytes = [0; 24];
            random.fill(&mut bytes).expect("random bytes");
            let [choice, place, bit, name @ ..] = bytes;
            let payload = format!(r#"{{"iss":"i","aud":"a","exp":4000000000,"sub":"{}"}}"#, encode(name));
            let mut signed = format!("eyJhbGciOiJFUzI1NiJ9.{}", encode(payload.as_bytes()));
            let mut signature = self.pair.sign(random, signed.as_bytes()).expect("a signature").as_ref().to_vec();
            match choice % 8 {
                0..3 => signature[usize::from(place % 64)] ^= 1 << (bit % 8),
                3 => signed += "AAAA",
                _ => {}
            }
            let genuine = self.aws_lc.check(signed.as_bytes(), &signature).is_ok();
            let says_so = |key: &dyn SignatureCheck| key.check(signed.as_bytes(), &signature).is_ok() == genuine;
            assert!(says_so(&self.portable) && says_so(&self.fastest), "{signed} {signature:02x?}");
            if at % 10 == 0 {
                assert!(says_so(&self.rust_crypto), "{signed} {signature:02x?}");
                tally.twice.fetch_add(1, Ordering::Relaxed);
            }
            tally.genuine.fetch_add(usize::from(genuine), Ordering::Relaxed);
            tokens.push(format!("{signed}.{}", encode(&signature)));
            expected.push(genuine);
        }
        let verdicts = self.batches.verify_batch(&tokens);
        assert_eq!(verdicts.iter().map(Result::is_ok).collect::<Vec<_>>(), expected);
        let before = tally.tried.fetch_add(BATCH, Ordering::Relaxed);
        if before / PER_LINE != (before + BATCH) / PER_LINE {
            println!("{tally}");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [tried, genuine, twice] =
            [&self.tried, &self.genuine, &self.twice].map(|count| count.load(Ordering::Relaxed));
        write!(f, "{tried} signatures, {genuine} of them genuine, {twice} by RustCrypto too: no disagreement")
    }
}

fn compare(count: usize, per_key: usize) {
    let tally = Tally::default();
    let fastest = Keys::new(TableShape::Windows6).fastest.arithmetic();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for thread in 0..threads {
            let tally = &tally;
            scope.spawn(move || {
                let random = SystemRandom::new();
                // The shapes that vectors can use, more often than the others.
                let windows = [TableShape::Windows6, TableShape::Windows5, TableShape::Windows4, TableShape::Windows8];
                let shapes = windows.iter().chain(&windows).chain(TableShape::ALL).cycle().skip(thread * 5);
                for (done, shape) in (0..count.div_ceil(threads)).step_by(per_key).zip(shapes) {
                    let keys = Keys::new(*shape);
                    let batches = per_key.min(count.div_ceil(threads) - done).div_ceil(BATCH);
                    (0..batches).for_each(|_| keys.compare(&random, tally));
                }
            });
        }
    });
    println!(
        "{tally}; one by one without vectors, as fast as this machine can ({fastest:?}), in batches, as aws-lc says"
    );
    let (tried, genuine) = (tally.tried.into_inner(), tally.genuine.into_inner());
    assert!(tried >= count && (tried / 3..tried * 2 / 3).contains(&genuine));
}

#[test]
fn a_sample() {
    compare(2_000, 200);
}

#[test]
#[ignore = "a quarter of an hour in release: `cargo checks long-compare`"]
fn ten_million() {
    compare(10_000_000, PER_KEY);
}
