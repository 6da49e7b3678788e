//! What the fuzz targets share: how bytes become cases, and the oracles that check them.
//!
//! | folder or file | knows |
//! |---|---|
//! | `targets.rs` | the list of targets |
//! | `input.rs` | values from the bytes of the engine |
//! | `any_signature.rs` | keys that find every signature genuine |
//! | `reading/` | second readings: the oracles of parsers |
//! | `parsers/` | the parsers, one by one |
//! | `tokens/` | whole tokens |
//! | `logins/` | refresh tokens and their rotation |
//! | `arithmetic/` | `glowband-p256` in both widths of limbs and verify's vectors, each operation compared with big integers |
//! | `chip_code.rs` | code that only machines without an operating system run |
//! | `es256.rs` | keys by every arithmetic, and signatures whose scalars are chosen |

pub mod any_signature;
pub mod arithmetic;
pub mod chip_code;
pub mod es256;
pub mod input;
pub mod logins;
pub mod parsers;
pub mod reading;
pub mod targets;
pub mod tokens;
