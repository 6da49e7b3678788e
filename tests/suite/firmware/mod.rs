//! The door's images on an emulated board, spoken to over its serial line.

mod emulator;
mod logs;
mod owned;
mod robustness;
mod story;
mod vectors;

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of the images, if this run is to start them.
fn images() -> Option<PathBuf> {
    if let Some(folder) = env::var_os("GLOWBAND_FIRMWARE") {
        return Some(PathBuf::from(folder));
    }
    // Past the test harness, which shows nothing of a test that passes.
    let _ = writeln!(io::stderr(), "firmware: left out, it needs images and an emulator (`cargo checks firmware`)");
    None
}

/// Compares what was said with `firmware-example/expected/NAME`; writes it there if `GLOWBAND_FIRMWARE_WRITE` is set.
fn as_expected(name: &str, said: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware-example/expected").join(name);
    if env::var_os("GLOWBAND_FIRMWARE_WRITE").is_some() {
        std::fs::write(&path, said).expect("writable");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(said == expected, "{name} should be\n{expected}\nbut is\n{said}");
}
