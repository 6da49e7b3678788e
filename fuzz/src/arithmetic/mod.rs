//! Operations of `glowband-p256` and of verify's vectors, compared with big integers.
//!
//! `operations.rs` compares the operations of one width of limbs: `wide` has the 64-bit limbs of servers, `narrow` the
//! 32-bit limbs of chips.

pub(crate) mod numbers;
mod operations;
#[cfg(target_arch = "x86_64")]
mod vectors;

use self::operations::operations;
use crate::input::Input;

operations!(wide, glowband_p256);
operations!(narrow, glowband_p256_narrow);

/// Compares every operation, of numbers from these bytes.
pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (a, b): ([u8; 32], [u8; 32]) = (input.take(), input.take());
    wide::field(&a, &b);
    narrow::field(&a, &b);
    wide::scalars(&a, &b);
    narrow::scalars(&a, &b);
    #[cfg(target_arch = "x86_64")]
    vectors::compare(&mut Input(bytes));
}
