//! The paths through a verifier, each with a token of 256 bytes.

use core::hint::black_box;
#[cfg(feature = "es256")]
use glowband_core::{
    Algorithm, PreparedEs256Key, PreparedTable, SignatureCheck, SignatureMismatch, TableEntry, TableShape,
};
use glowband_core::{Hs256Key, KeySource, Policy, Refusal, SignatureVerifier, UnixSeconds, Verifier};

/// A good token. The keys were made for this, and are used for nothing else.
pub const HS256: &[u8; 256] = include_bytes!("../sample/hs256.jwt");
const SECRET: &[u8; 32] = include_bytes!("../sample/hs256.secret");
/// A good token.
#[cfg(feature = "es256")]
pub const ES256: &[u8; 256] = include_bytes!("../sample/es256.jwt");
#[cfg(feature = "es256")]
const POINT: &[u8; 65] = include_bytes!("../sample/es256.point");

/// When the tokens are valid.
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

/// 4 KiB for the key and as much for the generator.
#[cfg(feature = "es256")]
const SHAPE: TableShape = TableShape::Comb4;

/// Who adds the points.
#[cfg(all(feature = "es256", not(feature = "umaal")))]
pub type Es256Key<'t> = PreparedEs256Key<'t>;
/// Who adds the points.
#[cfg(feature = "umaal")]
pub type Es256Key<'t> = p256_umaal::UmaalEs256Key<'t>;

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
    pub fn key(&self) -> Option<DeviceKey<'_>> {
        let key = PreparedTable::trusted(SHAPE, &self.key).ok()?;
        let key = PreparedEs256Key::new(key, PreparedTable::trusted(SHAPE, &self.generator).ok()?).ok()?;
        #[cfg(feature = "umaal")]
        let key = p256_umaal::UmaalEs256Key(key);
        Some(DeviceKey::Es256(key))
    }
}

/// The shared secret, prepared.
#[cfg(not(feature = "es256"))]
pub fn secret() -> Option<Hs256Key> {
    Hs256Key::new(black_box(SECRET)).ok()
}

/// The shared secret, prepared.
#[cfg(feature = "es256")]
pub fn secret() -> Option<DeviceKey<'static>> {
    Hs256Key::new(black_box(SECRET)).ok().map(DeviceKey::Hs256)
}

/// The key of a device that knows both algorithms.
#[cfg(feature = "es256")]
pub enum DeviceKey<'t> {
    /// The shared secret.
    Hs256(Hs256Key),
    /// The issuer's public key.
    Es256(Es256Key<'t>),
}

#[cfg(feature = "es256")]
impl SignatureCheck for DeviceKey<'_> {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Hs256(_) => Algorithm::Hs256,
            Self::Es256(_) => Algorithm::Es256,
        }
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        match self {
            Self::Hs256(key) => key.check(signing_input, signature),
            Self::Es256(key) => key.check(signing_input, signature),
        }
    }
}

/// A whole HS256 token: split, decoded, signature, claims, policy.
#[inline(never)]
pub fn hs256<K: KeySource>(key: &K, token: &[u8]) -> bool {
    whole(key, token)
}

/// The same token's signature alone, split and decoded.
#[inline(never)]
pub fn hs256_signature<K: KeySource>(key: &K, token: &[u8]) -> bool {
    signature(key, token)
}

/// A whole ES256 token.
#[cfg(feature = "es256")]
#[inline(never)]
pub fn es256<K: KeySource>(key: &K, token: &[u8]) -> bool {
    whole(key, token)
}

/// The same token's signature alone.
#[cfg(feature = "es256")]
#[inline(never)]
pub fn es256_signature<K: KeySource>(key: &K, token: &[u8]) -> bool {
    signature(key, token)
}

/// Decided once, and in flash.
static POLICY: Policy<'static> = Policy::issuer("https://id.example").audience("door-42").leeway(30);

fn whole<K: KeySource>(key: &K, token: &[u8]) -> bool {
    let mut scratch = [0; 192];
    let verdict = Verifier::new(key, &POLICY).verify(black_box(token), black_box(NOW), &mut scratch);
    match &verdict {
        Ok(verified) => seen(verified),
        Err(refusal) => refused(*refusal),
    }
}

fn signature<K: KeySource>(key: &K, token: &[u8]) -> bool {
    let mut scratch = [0; 192];
    let verdict = SignatureVerifier::new(key).verify(black_box(token), &mut scratch);
    match &verdict {
        Ok(proven) => seen(proven),
        Err(refusal) => refused(*refusal),
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
