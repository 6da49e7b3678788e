//! ES256 by every arithmetic of the host against aws-lc, and a tenth of it against RustCrypto: random keys, random
//! messages, about half of the signatures changed by a bit. Few are tried with all other tests, ten million on request
//! (`cargo checks long-compare`), in units that outlive an interruption.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_core::{Es256Key, SignatureCheck, TableShape};
use glowband_verify::{EcdsaKey, Es256Arithmetic, HostEs256Key, HostVerifier, KeySet, OwnedPolicy, Preparation};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fmt, io, thread};

/// Signatures by one key before the next.
const PER_KEY: usize = 20_000;
/// Tokens in a batch.
const BATCH: usize = 64;

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
            batches: HostVerifier::new(set, OwnedPolicy::issuer("i").audience("a")),
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
            let payload = format!(
                r#"{{"iss":"i","aud":"a","exp":4000000000,"sub":"{}"}}"#,
                Base64UrlUnpadded::encode_string(&name)
            );
            let mut signed = format!("eyJhbGciOiJFUzI1NiJ9.{}", Base64UrlUnpadded::encode_string(payload.as_bytes()));
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
            tokens.push(format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature)));
            expected.push(genuine);
        }
        let verdicts = self.batches.verify_batch(&tokens);
        assert_eq!(verdicts.iter().map(Result::is_ok).collect::<Vec<_>>(), expected);
        tally.tried.fetch_add(BATCH, Ordering::Relaxed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [tried, genuine, twice] =
            [&self.tried, &self.genuine, &self.twice].map(|count| count.load(Ordering::Relaxed));
        write!(f, "{tried} signatures, {genuine} of them genuine, {twice} by RustCrypto too: no disagreement")
    }
}

/// Tries so many, each key for so many of them. Units that are done already, by an earlier run of this same program, are
/// in `done` and are not tried again; this run adds its own.
fn compare(count: usize, per_key: usize, done: Option<&Path>) {
    let tally = Tally::default();
    let fastest = Keys::new(TableShape::Windows6).fastest.arithmetic();
    let earlier = done.map_or(0, |done| tally.add_all(&fs::read_to_string(done).unwrap_or_default()));
    let unit = AtomicUsize::new(earlier);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let random = SystemRandom::new();
                // The shapes that vectors can use, more often than the others.
                let windows = [TableShape::Windows6, TableShape::Windows5, TableShape::Windows4, TableShape::Windows8];
                let shapes: Vec<_> = windows.iter().chain(&windows).chain(TableShape::ALL).collect();
                loop {
                    let at = unit.fetch_add(1, Ordering::Relaxed);
                    if at * per_key >= count {
                        break;
                    }
                    let keys = Keys::new(*shapes[at % shapes.len()]);
                    let own = Tally::default();
                    (0..per_key.div_ceil(BATCH)).for_each(|_| keys.compare(&random, &own));
                    if let Some(done) = done {
                        own.append_to(done);
                    }
                    tally.add(&own);
                    println!("{tally}");
                }
            });
        }
    });
    if fastest != Es256Arithmetic::Avx512Ifma {
        // Past the test harness, which keeps what a test prints that passes.
        let test = thread::current().name().unwrap_or_default().to_owned();
        let _ = writeln!(io::stderr(), "tried in part: {test} (this processor lacks AVX-512 IFMA)");
    }
    println!("one by one without vectors, as fast as this machine can ({fastest:?}), and in batches, as aws-lc says");
    let (tried, genuine) = (tally.tried.into_inner(), tally.genuine.into_inner());
    assert!(tried >= count && (tried / 3..tried * 2 / 3).contains(&genuine));
}

impl Tally {
    fn add(&self, other: &Self) {
        for (own, other) in [(&self.tried, &other.tried), (&self.genuine, &other.genuine), (&self.twice, &other.twice)]
        {
            own.fetch_add(other.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// Adds the tallies in these lines, and says how many there were.
    fn add_all(&self, lines: &str) -> usize {
        let whole = lines.lines().filter_map(|line| {
            let numbers: Vec<usize> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
            let [tried, genuine, twice] = numbers[..] else { return None };
            Some(Self { tried: tried.into(), genuine: genuine.into(), twice: twice.into() })
        });
        whole.map(|tally| self.add(&tally)).count()
    }

    fn append_to(&self, done: &Path) {
        let [tried, genuine, twice] =
            [&self.tried, &self.genuine, &self.twice].map(|count| count.load(Ordering::Relaxed));
        let file = OpenOptions::new().create(true).append(true).open(done);
        // One write, so that the lines of two threads do not mix.
        file.and_then(|mut file| file.write_all(format!("{tried} {genuine} {twice}\n").as_bytes()))
            .expect("it is kept");
    }
}

/// Where this very program keeps what it has done: another build begins anew.
fn kept() -> PathBuf {
    let program = fs::read(env::current_exe().expect("it has a path")).expect("it can be read");
    let hash = digest(&SHA256, &program);
    let name: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("long-compare-{name}.txt"))
}

#[test]
fn a_sample() {
    compare(2_000, 200, None);
}

/// Takes up where it was stopped.
#[test]
#[ignore = "half an hour of one core in release: `cargo checks long-compare`"]
fn ten_million() {
    compare(10_000_000, PER_KEY, Some(&kept()));
}
