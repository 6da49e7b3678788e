//! Operations of core's P-256 and of verify's vectors against big integers.
//!
//! What core keeps to itself is reached by compiling its sources here once more, as its own tests do: there is no
//! switch in core for fuzzing. `wide.rs` has them with limbs of 64 bits, `narrow.rs` with limbs of 32.

/// Core's sources over these limbs.
macro_rules! sources {
    ($limbs:literal) => {
        #[path = $limbs]
        mod limbs;

        #[path = "../../../core/src/p256/backend.rs"]
        mod backend;
        #[path = "operations.rs"]
        pub mod checks;
        #[path = "../../../core/src/p256/field.rs"]
        mod field;
        #[path = "../../../core/src/p256/hashing.rs"]
        mod hashing;
        #[path = "../../../core/src/p256/inverse.rs"]
        mod inverse;
        #[path = "../../../core/src/p256/number.rs"]
        mod number;
        #[path = "../../../core/src/p256/point.rs"]
        mod point;
        #[path = "../../../core/src/p256/prepared.rs"]
        mod prepared;
        #[path = "../../../core/src/p256/recode.rs"]
        mod recode;
        #[path = "../../../core/src/p256/scalar.rs"]
        mod scalar;
        #[path = "../../../core/src/p256/shape.rs"]
        mod shape;
        #[path = "../../../core/src/p256/stored.rs"]
        mod stored;
        #[path = "../../../core/src/p256/table.rs"]
        mod table;

        pub use prepared::PreparedEs256Key;
        pub use shape::TableShape;
        pub use table::PreparedTable;
    };
}

pub mod narrow;
pub(crate) mod numbers;
#[cfg(target_arch = "x86_64")]
mod vectors;
pub mod wide;

use crate::input::Input;

/// One operation after the other, of numbers from these bytes.
pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (a, b): ([u8; 32], [u8; 32]) = (input.take(), input.take());
    wide::checks::field(&a, &b);
    narrow::checks::field(&a, &b);
    wide::checks::scalars(&a, &b);
    narrow::checks::scalars(&a, &b);
    #[cfg(target_arch = "x86_64")]
    vectors::compare(&mut Input(bytes));
}
