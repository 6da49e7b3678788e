//! Core's sources with limbs of 32 bits.

#![allow(dead_code, unreachable_pub, clippy::all)]

sources!("../../../core/src/p256/limbs32.rs");
