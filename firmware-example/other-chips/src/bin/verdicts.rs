//! Verifies a selection of the frozen vectors on the chip: prints how many got the host's number, and which did not.

#![no_std]
#![no_main]

#[cfg(target_arch = "arm")]
use cortex_m_rt::entry;
use glowband_core::{
    Algorithm, Jwk, KeySource, Policy, PreparedEs256Key, PreparedTable, Refusal, TableShape, UnixSeconds, Verifier,
};
#[cfg(target_arch = "riscv32")]
use riscv_rt::entry;
use semihosting::{println, process};

/// The smallest tables: the smallest chip has 16 KB of RAM.
const SHAPE: TableShape = TableShape::Comb2;

struct Vector {
    token: &'static str,
    key: &'static str,
    issuer: Option<&'static str>,
    audience: Option<&'static str>,
    subject: Option<&'static str>,
    token_type: Option<&'static str>,
    leeway: u64,
    maximum_age: Option<u64>,
    missing_expiry: bool,
    token_id: bool,
    now: Option<u64>,
    expected: u8,
}

static VECTORS: &[Vector] = include!(concat!(env!("OUT_DIR"), "/vectors.rs"));

#[entry]
fn main() -> ! {
    let mut wrong = 0;
    for vector in VECTORS {
        let said = verdict(vector).err().map_or(0, Refusal::code);
        if said != vector.expected {
            println!("{}: {}, expected {}", vector.token, said, vector.expected);
            wrong += 1;
        }
    }
    println!("verdicts {} of {}", VECTORS.len() - wrong, VECTORS.len());
    process::exit(i32::from(wrong > 0))
}

#[inline(never)]
fn verdict(vector: &Vector) -> Result<(), Refusal> {
    let jwk = Jwk::parse(vector.key.as_bytes())?;
    if jwk.key_type() != *"EC" {
        return verified(vector, &jwk.key()?);
    }
    jwk.permit(Algorithm::Es256)?;
    let point = jwk.p256_point()?;
    let (mut own, mut shared) = ([[0; 64]; SHAPE.entries()], [[0; 64]; SHAPE.entries()]);
    let table = PreparedTable::build(SHAPE, &point, &mut own).map_err(|_| Refusal::PointInvalid)?;
    let generator = PreparedTable::generator(SHAPE, &mut shared).map_err(|_| Refusal::PointInvalid)?;
    verified(vector, &PreparedEs256Key::new(table, generator).map_err(|_| Refusal::PointInvalid)?)
}

fn verified<K: KeySource>(vector: &Vector, key: &K) -> Result<(), Refusal> {
    let policy = vector.issuer.map_or(Policy::danger_any_issuer(), Policy::issuer);
    let policy = match vector.audience {
        Some(audience) => policy.audience(audience),
        None => policy.danger_any_audience(),
    };
    let mut policy = policy.leeway(vector.leeway);
    if let Some(subject) = vector.subject {
        policy = policy.subject(subject);
    }
    if let Some(token_type) = vector.token_type {
        policy = policy.token_type(token_type);
    }
    if let Some(age) = vector.maximum_age {
        policy = policy.maximum_age(age);
    }
    if vector.missing_expiry {
        policy = policy.allow_missing_expiry();
    }
    if vector.token_id {
        policy = policy.require_token_id();
    }
    let mut scratch = [0; 512];
    Verifier::new(key, &policy).verify(vector.token.as_bytes(), vector.now.map(UnixSeconds), &mut scratch).map(drop)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    process::exit(2)
}
