//! The clock of the operating system.

use glowband_core::{Clock, UnixSeconds};
use std::time::SystemTime;

/// The time of the operating system; *unknown* if it is before 1970.
///
/// ```
/// use glowband_core::Clock;
/// use glowband_verify::SystemClock;
///
/// assert!(SystemClock.now().is_some());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Option<UnixSeconds> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(UnixSeconds(since.as_secs()))
    }
}
