//! Complete verifications, ours and a peer's in turn, in one process on one core; the fastest round of each counts.
//!
//! A process measures one provider of the peer, as that library has one provider a process. Read the ratios: times
//! differ from machine to machine and from run to run.

mod host;
mod prepared;
mod rounds;

use glowband_bench::peer::validation;
use glowband_bench::tokens;
use glowband_core::{Es256Key, Hs256Key, Policy, UnixSeconds, Verifier};
use glowband_verify::EcdsaKey;
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, rust_crypto};
use jsonwebtoken::{Algorithm, DecodingKey, decode};
use std::hint::black_box;
use std::process::{Command, ExitCode};
use tokens::{AUDIENCE, BorrowedClaims, ISSUER, OwnedClaims, SECRET, Sample, ThreeClaims};

const PROVIDERS: [(&str, &CryptoProvider); 2] =
    [("aws_lc_rs", &aws_lc::DEFAULT_PROVIDER), ("rust_crypto", &rust_crypto::DEFAULT_PROVIDER)];

/// Ratios to reach against the peer's faster provider: path, goal, stretch.
const GOALS: [(&str, f64, f64); 8] = [
    ("HS256 281 B", 3.5, 4.5),
    ("HS256 964 B", 2.8, 3.3),
    ("ES256 324 B, glowband-verify", 1.0, 1.05),
    ("ES256 324 B, prepared, portable", 3.5, 4.2),
    ("ES256 324 B, prepared, IFMA, 256 KiB", 11.0, 15.0),
    ("ES256 344 B, 256 KiB, batch of eight, per token", 16.0, 25.0),
    ("HS256 281 B, 1000 tokens, cache hit", 25.0, 25.0),
    ("ES256 324 B, 1000 tokens, cache hit", 600.0, 600.0),
];

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => compare_with_every_provider(),
        Some(name) => match PROVIDERS.iter().find(|(own, _)| *own == name) {
            Some((_, provider)) => {
                measure(provider);
                ExitCode::SUCCESS
            }
            None => {
                eprintln!("unknown provider {name}: allowed are aws_lc_rs and rust_crypto, or none for both");
                ExitCode::from(2)
            }
        },
    }
}

/// Runs this program once for each provider, prints the table, and fails where a goal is missed.
fn compare_with_every_provider() -> ExitCode {
    let own = std::env::current_exe().expect("this program has a path");
    let tables = PROVIDERS.map(|(name, _)| {
        eprintln!("measuring against jsonwebtoken 11 ({name}) …");
        let output = Command::new(&own).arg(name).output().expect("this program starts again");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("the table is text");
        text.lines().map(Row::parse).collect::<Vec<_>>()
    });
    let [first, second] = PROVIDERS.map(|(name, _)| name);
    println!("| ns for a complete token | glowband | jsonwebtoken ({first}) | ({second}) | ratio to the faster |");
    println!("|---|---|---|---|---|");
    let mut missed = false;
    let [first, second] = &tables;
    for (first, second) in first.iter().zip(second) {
        // Each ratio is taken within one process; the peer's faster provider is the one with the smaller ratio.
        let ratio = first.ratio().min(second.ratio());
        let ours = first.ours.min(second.ours);
        println!("| {} | {ours:.0} | {:.0} | {:.0} | {ratio:.2}× |", first.path, first.peer, second.peer);
        if let Some((_, goal, stretch)) = GOALS.iter().find(|(path, ..)| *path == first.path) {
            let verdict = match ratio {
                ratio if ratio >= *stretch => "stretch reached",
                ratio if ratio >= *goal => "goal reached",
                _ => "MISSED",
            };
            eprintln!("{}: {ratio:.2}× (goal {goal}×, stretch {stretch}×): {verdict}", first.path);
            missed |= ratio < *goal;
        }
    }
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

struct Row {
    path: String,
    ours: f64,
    peer: f64,
}

impl Row {
    fn parse(line: &str) -> Self {
        let mut fields = line.split('\t');
        let path = fields.next().expect("a path").to_string();
        let mut number = || fields.next().expect("a figure").parse().expect("a number");
        Self { path, ours: number(), peer: number() }
    }

    fn ratio(&self) -> f64 {
        self.peer / self.ours
    }
}

/// Prints two lines for each sample: what was measured, then nanoseconds of ours and of the peer's.
fn measure(provider: &'static CryptoProvider) {
    provider.install_default().expect("no provider was installed before");
    let hs256 = Hs256Key::new(SECRET).expect("the secret is long enough");
    let peer_hs256 = DecodingKey::from_secret(SECRET);
    let pair = tokens::es256_pair();
    let es256 = Es256Key::from_sec1(&pair.public_point).expect("the point is on the curve");
    let host_es256 = EcdsaKey::es256(&pair.public_point).expect("the point is on the curve");
    let peer_es256 = DecodingKey::from_ec_der(&pair.public_point);
    let policy = Policy::expect(ISSUER, AUDIENCE);

    for size in [281, 964] {
        let verifier = Verifier::new(&hs256, &policy);
        contest(&format!("HS256 {size} B"), &Sample::hs256(size), &verifier, &peer_hs256, Algorithm::HS256, 2_000);
    }
    for size in [324, 1007] {
        let sample = Sample::es256(size, &pair);
        let on_chips = Verifier::new(&es256, &policy);
        contest(&format!("ES256 {size} B, core alone"), &sample, &on_chips, &peer_es256, Algorithm::ES256, 40);
        let on_servers = Verifier::new(&host_es256, &policy);
        contest(&format!("ES256 {size} B, glowband-verify"), &sample, &on_servers, &peer_es256, Algorithm::ES256, 40);
    }
    prepared::measure(&pair);
    host::measure(&pair);
}

pub fn contest<K: glowband_core::KeySource>(
    path: &str,
    sample: &Sample,
    verifier: &Verifier<'_, K>,
    peer_key: &DecodingKey,
    algorithm: Algorithm,
    repetitions: u32,
) {
    let validation = validation(algorithm);
    let token = sample.token.as_str();
    let now = UnixSeconds(sample.now);
    let (mut room, mut second_room) = ([0; 1024], [0; 1024]);
    let [ours, peer, ours_all, peer_all] = rounds::fastest([
        (repetitions, &mut || {
            let verified = verifier.verify(black_box(token).as_bytes(), now, &mut room);
            let verified = verified.expect("the token is genuine");
            black_box((verified.issuer(), verified.audience(), verified.expires_at()));
        }),
        (repetitions, &mut || {
            black_box(decode::<ThreeClaims>(black_box(token), peer_key, &validation).expect("the token is genuine"));
        }),
        (repetitions, &mut || {
            let verified = verifier.verify(black_box(token).as_bytes(), now, &mut second_room);
            black_box(verified.and_then(|verified| verified.claims::<BorrowedClaims<'_>>()).expect("it fits"));
        }),
        (repetitions, &mut || {
            black_box(decode::<OwnedClaims>(black_box(token), peer_key, &validation).expect("the token is genuine"));
        }),
    ]);
    println!("{path}\t{ours:.2}\t{peer:.2}");
    println!("{path}, all claims into a struct\t{ours_all:.2}\t{peer_all:.2}");
}
