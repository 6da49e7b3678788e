//! The lock's pin; for an emulator, one that says its level.

use stm32f4xx_hal::gpio::{Output, PA2, PC6, PushPull};
use stm32f4xx_hal::pac::USART2;
use stm32f4xx_hal::rcc::Rcc;

/// The pin itself.
#[cfg(not(feature = "qemu"))]
pub(crate) type LockPin = PC6<Output<PushPull>>;

#[cfg(not(feature = "qemu"))]
pub(crate) fn lock_pin(pin: PC6<Output<PushPull>>, _: USART2, _: PA2, _: &mut Rcc) -> Option<LockPin> {
    Some(pin)
}

#[cfg(feature = "qemu")]
pub(crate) use reporting::{LockPin, lock_pin};

#[cfg(feature = "qemu")]
mod reporting {
    use super::{Output, PA2, PC6, PushPull, Rcc, USART2};
    use embedded_hal::digital::{ErrorType, OutputPin};
    use stm32f4xx_hal::prelude::*;
    use stm32f4xx_hal::serial::Tx;
    use stm32f4xx_hal::serial::config::Config;

    /// The pin, and a line on USART2 for every level that it is given.
    pub struct LockPin {
        pin: PC6<Output<PushPull>>,
        report: Tx<USART2>,
    }

    pub(crate) fn lock_pin(pin: PC6<Output<PushPull>>, usart: USART2, tx: PA2, rcc: &mut Rcc) -> Option<LockPin> {
        let report = usart.tx(tx, Config::default(), rcc).ok()?;
        Some(LockPin { pin, report })
    }

    impl ErrorType for LockPin {
        type Error = core::convert::Infallible;
    }

    impl OutputPin for LockPin {
        fn set_low(&mut self) -> Result<(), Self::Error> {
            self.pin.set_low();
            let _ = self.report.bwrite_all(b"PIN low\n").is_ok() && self.report.bflush().is_ok();
            Ok(())
        }

        fn set_high(&mut self) -> Result<(), Self::Error> {
            self.pin.set_high();
            let _ = self.report.bwrite_all(b"PIN high\n").is_ok() && self.report.bflush().is_ok();
            Ok(())
        }
    }
}
