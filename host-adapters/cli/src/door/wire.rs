//! A serial device as the door wants it: 115200 baud, 8N1, no line editing, and reads that end.

use std::fs::{File, OpenOptions};
use std::io;

/// Opens a serial device. A read gives nothing after a tenth of a second in which nothing came.
#[cfg(unix)]
pub(super) fn open(path: &str) -> io::Result<File> {
    use rustix::termios::{OptionalActions, SpecialCodeIndex, isatty, tcgetattr, tcsetattr};
    let device = OpenOptions::new().read(true).write(true).open(path)?;
    if !isatty(&device) {
        return Err(io::Error::other("this is no serial device"));
    }
    let mut settings = tcgetattr(&device)?;
    settings.make_raw();
    settings.set_speed(115_200)?;
    settings.special_codes[SpecialCodeIndex::VMIN] = 0;
    settings.special_codes[SpecialCodeIndex::VTIME] = 1;
    tcsetattr(&device, OptionalActions::Flush, &settings)?;
    Ok(device)
}

/// Opens a serial device whose settings were made elsewhere.
#[cfg(not(unix))]
pub(super) fn open(path: &str) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}
