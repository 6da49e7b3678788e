//! Bytes for nonces: from the chip's generator (chapter 24) where its clock runs, else from the timer alone.

use crate::uptime::Timer;
use door::{Entropy, Uptime};
use stm32f4xx_hal::pac::RNG;
use stm32f4xx_hal::rcc::Rcc;

/// The generator, or what stands in for it. Nonces never repeat either way, as they count starts and questions.
pub struct Noise {
    #[cfg(feature = "pll")]
    generator: stm32f4xx_hal::rng::Rng,
    timer: Timer,
}

#[cfg_attr(not(feature = "pll"), expect(unused_variables, reason = "the generator has no clock of its own"))]
pub(crate) fn start(rng: RNG, rcc: &mut Rcc, timer: Timer) -> Noise {
    Noise {
        #[cfg(feature = "pll")]
        generator: {
            let mut generator = stm32f4xx_hal::rng::RngExt::constrain(rng, rcc);
            // The first word is not to be used (24.3.1).
            rand_core::RngCore::next_u32(&mut generator);
            generator
        },
        timer,
    }
}

impl Entropy for Noise {
    #[cfg(feature = "pll")]
    fn bytes(&mut self) -> [u8; 8] {
        // A generator that reports an error is a panic, and so a reset.
        let noise = rand_core::RngCore::next_u64(&mut self.generator);
        (noise ^ self.timer.milliseconds()).to_be_bytes()
    }

    #[cfg(not(feature = "pll"))]
    fn bytes(&mut self) -> [u8; 8] {
        (self.timer.milliseconds() << 24 | u64::from(cortex_m::peripheral::SYST::get_current())).to_be_bytes()
    }
}
