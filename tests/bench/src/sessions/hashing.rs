//! What a password hash takes by itself, which bounds the logins of any server.

use argon2::{Algorithm, Argon2, Params, Version};
use std::time::{Duration, Instant};

/// The parameters that OWASP names first, which are the server's: 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 << 10;
const PASSES: u32 = 2;

/// Seconds for one argon2id, the fastest of many, on one core while the others rest.
pub fn alone() -> f64 {
    (0..20).map(|_| seconds(hash)).fold(f64::INFINITY, f64::min)
}

/// Hashes a second when every core hashes: they share the path to the memory.
pub fn all_cores(cores: usize) -> f64 {
    let time = Duration::from_secs(2);
    let counts: u32 = std::thread::scope(|scope| {
        let hashers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    let start = Instant::now();
                    let mut count = 0;
                    while start.elapsed() < time {
                        hash();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        hashers.into_iter().map(|hasher| hasher.join().expect("it only hashes")).sum()
    });
    f64::from(counts) / time.as_secs_f64()
}

fn hash() {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).expect("argon2 allows them");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = [0; 32];
    argon2.hash_password_into(b"correct horse battery staple", &[0x5a; 16], &mut out).expect("there is memory");
    std::hint::black_box(out);
}

fn seconds(work: impl Fn()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
