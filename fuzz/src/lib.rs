//! What the fuzz targets share: how bytes become cases, and the oracles that judge them.
//!
//! | file | knows |
//! |---|---|
//! | `input.rs` | values from the bytes of the engine |
//! | `arithmetic/` | core's P-256 in both widths of limbs and verify's vectors, each operation against big integers |
//! | `es256.rs` | keys by every arithmetic, and signatures whose scalars are chosen |

pub mod arithmetic;
pub mod es256;
pub mod input;

/// Where core's sources, compiled once more in `arithmetic/`, look for what they use of core.
mod alg {
    pub(crate) use glowband_core::{Algorithm, SignatureCheck, SignatureMismatch};
}
