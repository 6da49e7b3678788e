//! Core's sources with limbs of 64 bits.

#![allow(dead_code, unreachable_pub, clippy::all)]

sources!("../../../core/src/p256/limbs64.rs");
