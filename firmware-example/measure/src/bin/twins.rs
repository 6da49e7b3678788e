//! The assembly and its safe twin on the same numbers: every pair of numbers at an edge, and many at random.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
// For its panic handler.
use door_measure as _;
use p256_umaal::chosen;
use p256_umaal::portable::{self, P};

const RANDOM: u32 = 20_000;

type Words = [u32; 8];

/// Numbers below p where carries run far, or do not begin: 0, 1, p − 1, p − 2, and words of ones and zeros.
const EDGES: [Words; 12] = [
    [0; 8],
    [1, 0, 0, 0, 0, 0, 0, 0],
    [!0 - 1, !0, !0, 0, 0, 0, 1, !0],
    [!0 - 2, !0, !0, 0, 0, 0, 1, !0],
    [0, 0, 0, 0, 0, 0, 0, !0],
    [!0, !0, !0, !0, !0, !0, 0, !0],
    [!0, !0, !0, !0, !0, !0, !0, !0 - 1],
    [!0, 0, !0, 0, !0, 0, !0, 0],
    [0, !0, 0, !0, 0, !0, 0, !0 - 1],
    [0, 0, 0, 0, 0, 0, 1, !0],
    [1, 0, 0, !0, !0, !0, !0 - 1, 0],
    [0, 0, 0, 0, 0, 0, 0, 1 << 31],
];

/// Numbers below p; xorshift.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let [.., a, b, c, d] = self.0.to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    fn number(&mut self) -> Words {
        let mut words = [0; 8];
        // One word in four is an edge itself.
        words.fill_with(|| match self.word() & 7 {
            0 => 0,
            1 => !0,
            _ => self.word(),
        });
        if is_below_p(&words) { words } else { [0, 0, 0, 0, 0, 0, 0, self.word() >> 1] }
    }
}

fn is_below_p(number: &Words) -> bool {
    number.iter().rev().lt(P.iter().rev())
}

/// Whether both ways lead to the same, in every operation.
fn same(a: &Words, b: &Words) -> bool {
    let both = |one: fn(&mut Words, &Words), other: fn(&mut Words, &Words)| {
        let (mut by_one, mut by_other) = (*a, *a);
        one(&mut by_one, b);
        other(&mut by_other, b);
        by_one == by_other && is_below_p(&by_one)
    };
    let (mut square, mut twin) = (*a, *a);
    chosen::square(&mut square);
    portable::square(&mut twin);
    chosen::product(a, b) == portable::product(a, b)
        && square == twin
        && both(chosen::multiply, portable::multiply)
        && both(chosen::add, portable::add)
        && both(chosen::subtract, portable::subtract)
        && both(chosen::subtract_from, portable::subtract_from)
}

fn fail(a: &Words, b: &Words) {
    hprintln!("differ for {:x?} and {:x?}", a, b);
    debug::exit(debug::EXIT_FAILURE);
}

#[entry]
fn main() -> ! {
    let mut pairs = 0;
    for a in &EDGES {
        for b in &EDGES {
            if !same(a, b) {
                fail(a, b);
            }
            pairs += 1;
        }
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..RANDOM {
        let (a, b) = (random.number(), random.number());
        if !same(&a, &b) {
            fail(&a, &b);
        }
        pairs += 1;
    }
    if !chosen::IS_ASSEMBLY {
        hprintln!("this is no assembly");
        debug::exit(debug::EXIT_FAILURE);
    }
    hprintln!("twins {} pairs of numbers: the assembly says what its safe twin says", pairs);
    debug::exit(debug::EXIT_SUCCESS);
    loop {
        cortex_m::asm::wfi();
    }
}
