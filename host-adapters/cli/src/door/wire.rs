//! Opens a serial device with the settings of a door: 115200 baud, 8N1, raw mode, and a timeout for reads.

use std::fs::{File, OpenOptions};
use std::io;

/// Opens a serial device. A read returns no bytes if nothing arrives within 0.1 seconds.
#[cfg(unix)]
pub(super) fn open(path: &str) -> io::Result<File> {
    use rustix::termios::{OptionalActions, SpecialCodeIndex, isatty, tcgetattr, tcsetattr};
    let device = OpenOptions::new().read(true).write(true).open(path)?;
    if !isatty(&device) {
        return Err(io::Error::other("not a serial device; allowed: a serial device, or tcp:HOST:PORT"));
    }
    let mut settings = tcgetattr(&device)?;
    settings.make_raw();
    settings.set_speed(115_200)?;
    settings.special_codes[SpecialCodeIndex::VMIN] = 0;
    settings.special_codes[SpecialCodeIndex::VTIME] = 1;
    tcsetattr(&device, OptionalActions::Flush, &settings)?;
    Ok(device)
}

/// Opens a serial device. Its speed and mode must have been set before.
#[cfg(not(unix))]
pub(super) fn open(path: &str) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}
