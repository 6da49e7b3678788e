//! Numbers in no order, in nanoseconds (SplitMix64); nothing secret depends on them.

use std::sync::atomic::{AtomicU64, Ordering};

pub struct Random(u64);

impl Random {
    /// A sequence that no other one of this run is.
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut seed = Self(NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0xd134_2543_de82_ef95));
        Self(seed.next())
    }

    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
