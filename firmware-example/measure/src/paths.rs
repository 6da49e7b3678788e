//! The paths through a verifier, each with a token of 256 bytes.

use core::hint::black_box;
use glowband_core::{Hs256Key, KeySource, Policy, Refusal, SignatureVerifier, UnixSeconds, Verifier};
#[cfg(feature = "es256")]
use glowband_core::{PreparedEs256Key, PreparedTable, TableEntry, TableShape};

/// The tokens and keys; made for this, and used for nothing else.
const HS256: &[u8; 256] = include_bytes!("../sample/hs256.jwt");
const SECRET: &[u8; 32] = include_bytes!("../sample/hs256.secret");
#[cfg(feature = "es256")]
const ES256: &[u8; 256] = include_bytes!("../sample/es256.jwt");
#[cfg(feature = "es256")]
const POINT: &[u8; 65] = include_bytes!("../sample/es256.point");

/// When the tokens are valid.
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

/// 4 KiB for the key and as much for the generator.
#[cfg(feature = "es256")]
const SHAPE: TableShape = TableShape::Comb4;

/// Both tables.
#[cfg(feature = "es256")]
pub struct Tables {
    generator: [TableEntry; SHAPE.entries()],
    key: [TableEntry; SHAPE.entries()],
}

#[cfg(feature = "es256")]
impl Tables {
    /// Room for them.
    #[expect(clippy::new_without_default, reason = "too large to be made anywhere but in a static")]
    pub const fn new() -> Self {
        Self { generator: [[0; 64]; SHAPE.entries()], key: [[0; 64]; SHAPE.entries()] }
    }

    /// Prepares the issuer's key: its table alone, as a door does it; the generator's comes with the image.
    #[inline(never)]
    pub fn prepare(&mut self) {
        let _ = black_box(PreparedTable::build(SHAPE, black_box(POINT), &mut self.key).map(drop));
    }

    /// What a door has in flash.
    #[inline(never)]
    pub fn prepare_generator(&mut self) {
        let _ = black_box(PreparedTable::generator(SHAPE, &mut self.generator).map(drop));
    }

    /// The key, if both were prepared.
    pub fn key(&self) -> Option<PreparedEs256Key<'_>> {
        let key = PreparedTable::trusted(SHAPE, &self.key).ok()?;
        PreparedEs256Key::new(key, PreparedTable::trusted(SHAPE, &self.generator).ok()?).ok()
    }
}

/// The shared secret, prepared.
pub fn secret() -> Option<Hs256Key> {
    Hs256Key::new(black_box(SECRET)).ok()
}

/// A whole HS256 token: split, decoded, signature, claims, policy.
#[inline(never)]
pub fn hs256(key: &Hs256Key) -> bool {
    whole(key, HS256)
}

/// The same token's signature alone, split and decoded.
#[inline(never)]
pub fn hs256_signature(key: &Hs256Key) -> bool {
    signature(key, HS256)
}

/// A whole ES256 token.
#[cfg(feature = "es256")]
#[inline(never)]
pub fn es256(key: &PreparedEs256Key<'_>) -> bool {
    whole(key, ES256)
}

/// The same token's signature alone.
#[cfg(feature = "es256")]
#[inline(never)]
pub fn es256_signature(key: &PreparedEs256Key<'_>) -> bool {
    signature(key, ES256)
}

/// Decided once, and in flash.
static POLICY: Policy<'static> = Policy::expect("https://id.example", "door-42").leeway(30);

fn whole<K: KeySource>(key: &K, token: &[u8]) -> bool {
    let mut room = [0; 192];
    match Verifier::new(key, &POLICY).verify(black_box(token), black_box(NOW), &mut room) {
        Ok(verified) => seen(&verified),
        Err(refusal) => refused(refusal),
    }
}

fn signature<K: KeySource>(key: &K, token: &[u8]) -> bool {
    let mut room = [0; 192];
    match SignatureVerifier::new(key).verify(black_box(token), &mut room) {
        Ok(proven) => seen(&proven),
        Err(refusal) => refused(refusal),
    }
}

fn seen<T>(proof: &T) -> bool {
    black_box(proof);
    true
}

fn refused(refusal: Refusal) -> bool {
    black_box(refusal);
    false
}
