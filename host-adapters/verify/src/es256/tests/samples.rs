//! Keys, hashes and signatures to try every arithmetic with, and the verdict of RustCrypto on them.

use super::prepared_key::PreparedKey;
use super::{Preparation, table_memory};
use glowband_core::TableShape;
use glowband_p256::internals::N;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::ops::Reduce;
use p256::{FieldBytes, ProjectivePoint, Scalar};

/// xorshift64*: the same numbers on every run.
pub(in crate::es256) struct Random(pub(in crate::es256) u64);

impl Random {
    pub(in crate::es256) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(in crate::es256) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit as u64).unwrap()
    }

    pub(in crate::es256) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.as_chunks_mut().0.fill_with(|| self.number().to_le_bytes());
        bytes
    }

    pub(in crate::es256) fn scalar(&mut self) -> Scalar {
        scalar(&self.bytes())
    }

    pub(in crate::es256) fn signing_key(&mut self) -> SigningKey {
        SigningKey::from_slice(&self.scalar().to_repr()).unwrap()
    }
}

/// A hash and a signature, and whether it is genuine for its key.
#[derive(Clone)]
pub(in crate::es256) struct Case {
    pub(in crate::es256) hash: [u8; 32],
    pub(in crate::es256) signature: [u8; 64],
    pub(in crate::es256) genuine: bool,
}

impl Case {
    pub(in crate::es256) fn new(key: &VerifyingKey, hash: [u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Self {
        let signature: [u8; 64] = [*r, *s].concat().try_into().unwrap();
        let genuine = Signature::from_slice(&signature).is_ok_and(|it| key.verify_prehash(&hash, &it).is_ok());
        Self { hash, signature, genuine }
    }

    /// Genuine, or with one bit changed in one of the three numbers.
    pub(in crate::es256) fn random(random: &mut Random, key: &SigningKey) -> Self {
        let mut hash = random.bytes();
        let signature: Signature = key.sign_prehash(&hash).unwrap();
        let mut signature: [u8; 64] = signature.to_bytes().into();
        match random.below(4) {
            0 => hash[random.below(32)] ^= 1 << random.below(8),
            1 => signature[random.below(64)] ^= 1 << random.below(8),
            _ => {}
        }
        let (r, s) = signature.split_at(32);
        Self::new(key.verifying_key(), hash, r.try_into().unwrap(), s.try_into().unwrap())
    }
}

pub(in crate::es256) fn scalar(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*bytes))
}

pub(in crate::es256) fn bytes(scalar: &Scalar) -> [u8; 32] {
    scalar.to_repr().into()
}

pub(in crate::es256) fn public(secret: &Scalar) -> VerifyingKey {
    VerifyingKey::from(&SigningKey::from_slice(&secret.to_repr()).unwrap())
}

/// `04 ‖ x ‖ y`.
pub(in crate::es256) fn sec1(key: &VerifyingKey) -> [u8; 65] {
    key.to_sec1_point(false).as_bytes().try_into().unwrap()
}

pub(in crate::es256) fn order() -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, limb) in bytes.as_chunks_mut().0.iter_mut().zip(N.iter().rev()) {
        *place = limb.to_be_bytes();
    }
    bytes
}

/// The shapes that vectors can use.
pub(in crate::es256) const WINDOWS: [TableShape; 4] =
    [TableShape::Windows4, TableShape::Windows5, TableShape::Windows6, TableShape::Windows8];

/// One key in some shapes, by the portable code and by vectors where there are any.
pub(in crate::es256) fn prepared(key: &VerifyingKey, shapes: &[TableShape]) -> Vec<PreparedKey> {
    let mut keys = Vec::new();
    for shape in shapes {
        for preparation in [Preparation::never().portable(), Preparation::never()] {
            keys.push(PreparedKey::new(&sec1(key), &preparation.shape(*shape)).unwrap());
        }
    }
    assert!(table_memory::TableMemory::of_generator(shapes[0]).is_ok());
    keys
}

/// Signatures over secrets and numbers that are known, so that the sum of a check runs into equal and opposite
/// points, into infinity, and into scalars that are zero. Many are genuine.
pub(in crate::es256) fn constructed(random: &mut Random, secret: &Scalar, rounds: u64) -> Vec<Case> {
    let key = public(secret);
    let two = Scalar::from(2_u64);
    let mut cases = Vec::new();
    for round in 0..rounds {
        let nonce = match round % 5 {
            0 => Scalar::ONE,
            1 => two,
            2 => Scalar::from(round + 1),
            3 => -Scalar::from(round + 1),
            _ => random.scalar(),
        };
        let point = VerifyingKey::from_affine((ProjectivePoint::GENERATOR * nonce).to_affine()).unwrap();
        let r = scalar(sec1(&point)[1..33].try_into().unwrap());
        let inverse = nonce.invert().unwrap();
        let hash = random.scalar();
        for (hash, s) in [
            // u1·G = u2·Q
            (r * secret, (r * secret).double() * inverse),
            // u1·G = −u2·Q, for any s
            (-(r * secret), nonce),
            (-(r * secret), Scalar::ONE),
            // u1 = 0
            (Scalar::ZERO, r * secret * inverse),
            // u2 = 1, −1
            (hash, r),
            (hash, -r),
            (hash, (hash + r * secret) * inverse),
        ] {
            cases.push(Case::new(&key, bytes(&hash), &bytes(&r), &bytes(&s)));
        }
    }
    cases
}

/// Secrets whose public keys meet the generator's own table.
pub(in crate::es256) fn secrets() -> Vec<Scalar> {
    let two = Scalar::from(2_u64);
    let half = two.invert().unwrap();
    let power = |bits: u32| (0..bits).fold(Scalar::ONE, |power, _| power.double());
    let own = [Scalar::ONE, two, half, Scalar::from(3_u64), Scalar::from(31_u64), power(48), power(128), power(192)];
    own.into_iter().flat_map(|secret| [secret, -secret]).chain([power(48).invert().unwrap()]).collect()
}
