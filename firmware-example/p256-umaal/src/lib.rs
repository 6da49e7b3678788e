#![doc = include_str!("../README.md")]
#![no_std]
#![deny(missing_docs)]

#[cfg(umaal)]
mod assembly;
mod field;
pub mod portable;
mod sum;

pub use sum::{UmaalEs256Key, UmaalSum};

/// The arithmetic that [`UmaalSum`] uses here: assembly where the processor has UMAAL, else its twin.
///
/// Numbers modulo p in Montgomery's form: eight words, lowest first, below p.
pub mod chosen {
    #[cfg(umaal)]
    pub use crate::assembly::{add, multiply, product, square, subtract, subtract_from};
    #[cfg(not(umaal))]
    pub use crate::portable::{add, multiply, product, square, subtract, subtract_from};

    /// True for assembly.
    pub const IS_ASSEMBLY: bool = cfg!(umaal);
}
