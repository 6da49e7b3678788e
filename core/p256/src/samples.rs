//! Numbers and signatures to try things with.

#![allow(clippy::cast_possible_truncation)] // Random bits, whichever.

use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::bigint::{NonZero, U256};

/// xorshift64*: the same numbers on every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.number() % limit as u64) as usize
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.as_chunks_mut().0.fill_with(|| self.number().to_le_bytes());
        bytes
    }

    /// A number with limbs at their extremes, more often than not.
    pub(crate) fn edgy(&mut self) -> U256 {
        let mut words = [0_u32; 8];
        words.fill_with(|| match self.below(6) {
            0 | 1 => 0,
            2 | 3 => u32::MAX,
            4 => [1, u32::MAX - 1, 1 << 31, (1 << 31) - 1][self.below(4)],
            _ => self.number() as u32,
        });
        let mut bytes = [0; 32];
        for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *place = word.to_le_bytes();
        }
        U256::from_le_slice(&bytes)
    }

    pub(crate) fn signing_key(&mut self) -> SigningKey {
        loop {
            if let Ok(key) = SigningKey::from_slice(&self.bytes()) {
                return key;
            }
        }
    }
}

pub(crate) const P: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
pub(crate) const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

pub(crate) fn hex(digits: &str) -> U256 {
    U256::from_be_hex(digits)
}

/// a·b modulo m.
pub(crate) fn product(a: &U256, b: &U256, modulus: &U256) -> U256 {
    a.mul_mod_vartime(b, &NonZero::new(*modulus).unwrap())
}

/// a + b modulo m, for a and b below m.
pub(crate) fn sum(a: &U256, b: &U256, modulus: &U256) -> U256 {
    a.add_mod(b, &NonZero::new(*modulus).unwrap())
}

/// Numbers below the modulus: its ends, powers of two and their neighbours, and many others.
pub(crate) fn below(modulus: &U256, count: usize) -> Vec<U256> {
    let mut random = Random(0x5eed);
    let one = U256::ONE;
    let mut numbers = vec![U256::ZERO, one, modulus.wrapping_sub(&one), modulus.wrapping_sub(&U256::from(2_u8))];
    for bit in (0..256).step_by(8).chain([31, 63, 95, 127, 191, 223, 255]) {
        let power = one.shl_vartime(bit);
        numbers.extend([power, power.wrapping_sub(&one), power.wrapping_add(&one), modulus.wrapping_sub(&power)]);
    }
    while numbers.len() < count {
        numbers.push(random.edgy());
        numbers.push(U256::from_le_slice(&random.bytes()));
    }
    numbers.retain(|number| number < modulus);
    numbers
}

/// A key, a hash and a signature over it, with the verdict of RustCrypto.
pub(crate) struct Case {
    pub(crate) hash: [u8; 32],
    pub(crate) signature: [u8; 64],
    pub(crate) genuine: bool,
}

impl Case {
    pub(crate) fn new(key: &VerifyingKey, hash: [u8; 32], signature: [u8; 64]) -> Self {
        let genuine = Signature::from_slice(&signature).is_ok_and(|it| key.verify_prehash(&hash, &it).is_ok());
        Self { hash, signature, genuine }
    }

    /// Genuine, or with one bit changed in one of the three numbers.
    pub(crate) fn random(random: &mut Random, key: &SigningKey) -> Self {
        let mut hash = random.bytes();
        let signature: Signature = key.sign_prehash(&hash).unwrap();
        let mut signature: [u8; 64] = signature.to_bytes().into();
        match random.below(4) {
            0 => hash[random.below(32)] ^= 1 << random.below(8),
            1 => signature[random.below(64)] ^= 1 << random.below(8),
            _ => {}
        }
        Self::new(key.verifying_key(), hash, signature)
    }
}

/// `04 ‖ x ‖ y`.
pub(crate) fn sec1(key: &VerifyingKey) -> [u8; 65] {
    key.to_sec1_point(false).as_bytes().try_into().unwrap()
}
